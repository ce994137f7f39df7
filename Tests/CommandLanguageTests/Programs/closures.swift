// swift-format-ignore-file
let double = { x in x * 2 }
print(double(4))   // expect: 8
let add = { (a: Int, b: Int) in a + b }
print(add(1, 2))   // expect: 3
let long = { x in
  let y = x + 1
  return y * y
}
print(long(2))   // expect: 9
func twice(_ f: (Int) -> Int, _ x: Int) -> Int { f(f(x)) }
print(twice({ $0 + 3 }, 1), twice(double, 1))   // expect: 7 4
func counter() -> (() -> Int) {
  var count = 0
  return {
    count += 1
    return count
  }
}
let next = counter()
next()
next()
print(next())   // expect: 3
let table = ["up": { $0 + 1 }, "down": { $0 - 1 }]
print(table["up"]!(1), table["down"]!(1))   // expect: 2 0
print([1, 2].map { x in "<\(x)>" })   // expect: ["<1>", "<2>"]
print([("a", 1), ("b", 2)].map { name, value in "\(name)=\(value)" })   // expect: ["a=1", "b=2"]
var seen = [Int]()
[3, 4].forEach { seen.append($0) }
print(seen)   // expect: [3, 4]
[[1, 2], [3]].map { $0.map { $0 * 10 } }   // expect: [[10, 20], [30]]
// %%
[1, 2].map { a, b in a }   // expect error: this closure takes 2 arguments, not 1
