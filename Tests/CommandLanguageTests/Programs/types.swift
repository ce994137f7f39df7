// swift-format-ignore-file
let x: Double = 3
print(x)   // expect: 3.0
let list: [Double] = [1, 2]
print(list)   // expect: [1.0, 2.0]
let maybe: Int? = nil
print(maybe)   // expect: nil
print(Int(2.9), Int("42"), Int("x"), Double("2.5"), Double(1))   // expect: 2 42 nil 2.5 1.0
print(String(3), Bool("true"), type(of: 1.5))   // expect: 3 true Double
print(Int.max, Double.pi)   // expect: 9223372036854775807 3.141592653589793
var optional: Int?
optional = 3
print(optional!)   // expect: 3
// %%
let y: Int = "a"   // expect error: a String does not fit the type Int
// %%
maybe!   // expect error: this is nil where a value is needed
