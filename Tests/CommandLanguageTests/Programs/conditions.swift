// swift-format-ignore-file
func size(_ n: Int) -> String {
  if n < 10 { return "small" } else if n < 100 { return "middle" } else { return "big" }
}
print(size(5), size(50), size(500))   // expect: small middle big
let grade = if size(5) == "small" { 1 } else { 2 }
print(grade)   // expect: 1
print(grade > 0 ? "yes" : "no")   // expect: yes
print(nil ?? 3, 4 ?? 3)   // expect: 3 4
func check(_ n: Int) -> String {
  guard n > 0 else { return "not positive" }
  return "positive"
}
print(check(1), check(-1))   // expect: positive not positive
if let found = ["a": 1]["a"] { print(found) } else { print("none") }   // expect: 1
if let found = ["a": 1]["b"] { print(found) } else { print("none") }   // expect: none
let level = 3
let word = switch level { case 1: "low"; case 2...4: "mid"; default: "high" }
print(word)   // expect: mid
// %%
if 1 { print("x") }   // expect error: a condition must be true or false, this is an Int
