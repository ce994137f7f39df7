// swift-format-ignore-file
let pair = (1, "one")
print(pair.0, pair.1)   // expect: 1 one
let named = (loss: 0.5, step: 3)
print(named.loss, named.step, named)   // expect: 0.5 3 (loss: 0.5, step: 3)
let (a, b) = (2, 3)
print(a * b)   // expect: 6
let (_, second) = pair
print(second)   // expect: one
var x = 1
var y = 2
(x, y) = (y, x)
print(x, y)   // expect: 2 1
var point = (x: 1, y: 2)
point.x = 5
print(point)   // expect: (x: 5, y: 2)
func both(_ n: Int) -> (Int, Int) { (n, n * n) }
let (n, square) = both(4)
print(n, square)   // expect: 4 16
// %%
let (p, q) = [1, 2]   // expect error: 2 names cannot be given to an array of Int
