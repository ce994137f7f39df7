// swift-format-ignore-file
print((1...3).map { $0 }, (0..<3).sum())   // expect: [1, 2, 3] 3
print((1...5).contains(5), (1..<5).contains(5), (0.0...1.0).contains(0.5))   // expect: true false true
print((2...7).lowerBound, (2...7).upperBound, 1...2 == 1...2)   // expect: 2 7 true
print(stride(from: 10, to: 0, by: -3), stride(from: 0, through: 1, by: 0.5))   // expect: [10, 7, 4, 1] [0.0, 0.5, 1.0]
for i in (1...3).reversed() { print(i) }
// expect: 3
// expect: 2
// expect: 1
0...4   // expect: 0...4
// %%
5...1   // expect error: the range 5...1 ends before it begins
// %%
"a"..."z"   // expect error: a range goes from number to number, this is a String
