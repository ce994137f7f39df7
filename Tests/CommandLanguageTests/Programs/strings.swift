// swift-format-ignore-file
let name = "Quill"
print("Hello, \(name)!")   // expect: Hello, Quill!
print("\(1 + 1) and \([1, 2]) and \("in" + "ner")")   // expect: 2 and [1, 2] and inner
print("tab\tquote\" unicode \u{e9}")   // expect: tab	quote" unicode é
let text = """
  first
    second \(name)
  third
  """
print(text)
// expect: first
// expect:   second Quill
// expect: third
print("a" + "b", "abc".count, "".isEmpty)   // expect: ab 3 true
print("Abc".uppercased(), "Abc".lowercased())   // expect: ABC abc
print("hello".hasPrefix("he"), "hello".hasSuffix("lo"), "hello".contains("ell"))   // expect: true true true
print("a b  c".split(separator: " "))   // expect: ["a", "b", "c"]
print("hello".prefix(2), "hello".suffix(2), "hello".dropFirst(), "hello".reversed())   // expect: he lo ello olleh
print("a-b-c".replacing("-", with: "+"), "  x ".trimming())   // expect: a+b+c x
print("h\u{e9}llo".map { $0 })   // expect: ["h", "é", "l", "l", "o"]
print(#"raw \(name)"#)   // expect: raw \(name)
print(String(repeating: "ab", count: 3), String(10, radix: 2))   // expect: ababab 1010
"shown"   // expect: "shown"
// %%
"abc"[0]   // expect error: a String has no numbered elements
