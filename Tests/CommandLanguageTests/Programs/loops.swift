// swift-format-ignore-file
var total = 0
for i in 1...10 where i % 2 == 0 { total += i }
print(total)   // expect: 30
var n = 10
while n > 0 { n -= 3; if n == 4 { continue }; if n < 2 { break } }
print(n)   // expect: 1
repeat { n += 1 } while n < 5
print(n)   // expect: 5
outer: for i in 1...3 {
  for j in 1...3 {
    if j == 2 { continue outer }
    if i == 3 { break outer }
    print(i, j)
  }
}
// expect: 1 1
// expect: 2 1
for letter in "ab" { print(letter) }
// expect: a
// expect: b
for _ in 0..<2 { print("again") }
// expect: again
// expect: again
for i in 5... { if i > 6 { break }; print(i) }
// expect: 5
// expect: 6
// %%
for x in 5 { print(x) }   // expect error: an Int has no elements to go through
// %%
break   // expect error: 'break' has nothing to act on here
