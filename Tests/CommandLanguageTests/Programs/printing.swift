// swift-format-ignore-file
print("a", "b", separator: ", ", terminator: "!\n")   // expect: a, b!
print()
print("text", 1, 2.0, true, nil)   // expect: text 1 2.0 true nil
print(["a", "b"], ("x", 1), ["k": "v"])   // expect: ["a", "b"] ("x", 1) ["k": "v"]
print([1, [2, [3]]])   // expect: [1, [2, [3]]]
print(.nf4, .int(bits: 3))   // expect: .nf4 .int(bits: 3)
print("to standard error", to: .stderr)
print({ $0 + 1 })   // expect: closure(_:)
print(print)   // expect: print(_ items: Any..., separator: String = " ", terminator: String = "\n", to: TextStream = .stdout)
