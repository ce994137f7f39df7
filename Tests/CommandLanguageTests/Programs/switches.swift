// swift-format-ignore-file
func kind(_ x: Any) -> String {
  switch x {
  case 0: return "zero"
  case 1, 2, 3: return "few"
  case 4..<10: return "several"
  case 10...: return "many"
  case let n where n < 0: return "negative \(n)"
  default: return "?"
  }
}
print(kind(0), kind(2), kind(7), kind(99), kind(-4))   // expect: zero few several many negative -4
switch ("a", 2) {
case ("b", _): print("no")
case ("a", let n): print("a with \(n)")   // expect: a with 2
default: print("no")
}
switch "go" {
case "go": print("going"); fallthrough   // expect: going
case "on": print("on")   // expect: on
default: print("never")
}
switch .nf4 { case .nf4: print("four bits"); default: print("other") }   // expect: four bits
for i in 1...3 {
  switch i { case 2: break; default: print(i) }
}
// expect: 1
// expect: 3
// %%
switch 5 { case 1: print(1) }   // expect error: no case fits 5
