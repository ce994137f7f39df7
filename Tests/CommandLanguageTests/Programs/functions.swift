// swift-format-ignore-file
func greet(_ name: String, greeting: String = "Hello", times: Int = 1) -> String {
  var text = ""
  for _ in 0..<times { text += "\(greeting), \(name)! " }
  return text.trimming()
}
print(greet("Ada"))   // expect: Hello, Ada!
print(greet("Ada", greeting: "Hi", times: 2))   // expect: Hi, Ada! Hi, Ada!
func square(of x: Double) -> Double { x * x }
print(square(of: 3))   // expect: 9.0
func fibonacci(_ n: Int) -> Int { n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2) }
print(fibonacci(15))   // expect: 610
func noisy() { 1 + 1 }
noisy()
func isEven(_ n: Int) -> Bool { if n == 0 { return true }; return isOdd(n - 1) }
func isOdd(_ n: Int) -> Bool { if n == 0 { return false }; return isEven(n - 1) }
print(isEven(10))   // expect: true
func outer() -> Int {
  func inner(_ x: Int) -> Int { x + 1 }
  return inner(inner(1))
}
outer()   // expect: 3
// %%
greet()   // expect error: 'greet' needs 'name', a String
// %%
greet("Ada", times: 2, greeting: "Hi")   // expect error: 'greet' takes 'greeting' before 'times'
// %%
greet("Ada", tmes: 2)   // expect error: 'greet' has no parameter 'tmes'
// %%
greet(3)   // expect error: an Int does not fit the type String
