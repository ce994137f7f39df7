// swift-format-ignore-file
let numbers = [4, 8, 15, 16, 23, 42]
print(numbers.map { $0 * 2 })   // expect: [8, 16, 30, 32, 46, 84]
print(numbers.filter { $0 % 2 == 0 })   // expect: [4, 8, 16, 42]
print(numbers.reduce(0) { $0 + $1 }, numbers.reduce(0, +))   // expect: 108 108
print(numbers.sorted(by: >), numbers.sorted { $0 % 10 < $1 % 10 })   // expect: [42, 23, 16, 15, 8, 4] [42, 23, 4, 15, 16, 8]
for (index, number) in numbers.prefix(2).enumerated() { print(index, number) }
// expect: 0 4
// expect: 1 8
print(zip([1, 2, 3], ["a", "b"]))   // expect: [(1, "a"), (2, "b")]
print(numbers.min(), numbers.max(), max(3, 9, 4), min(2, 1))   // expect: 4 42 9 1
print(numbers.sum(), sum([0.5, 1]), mean([1, 2, 4, 5]))   // expect: 108 1.5 3.0
print(numbers.suffix(2), numbers.dropFirst(4), numbers.dropLast(5))   // expect: [23, 42] [23, 42] [4]
print(numbers.contains(15), numbers.contains { $0 > 50 })   // expect: true false
print(numbers.first(where: { $0 > 10 }), numbers.firstIndex(of: 15))   // expect: 15 2
print(["a", "b"].joined(separator: "-"), (1...3).map { "\($0)" }.joined())   // expect: a-b 123
print([[1, 2], [3]].flatMap { $0 }, ["1", "x"].compactMap { Int($0) })   // expect: [1, 2, 3] [1]
print(numbers.allSatisfy { $0 > 3 }, (1...).prefix(3), numbers.prefix(while: { $0 < 16 }))   // expect: true [1, 2, 3] [4, 8, 15]
print(numbers.reversed().count, (0..<5).isEmpty, (1...100).count)   // expect: 6 false 100
[1, 4, 9].map(sqrt)   // expect: [1.0, 2.0, 3.0]
// %%
[1, "a"].sorted()   // expect error: a String and an Int cannot be put in order
// %%
mean([])   // expect error: 'mean' needs at least one element
