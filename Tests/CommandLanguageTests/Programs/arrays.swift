// swift-format-ignore-file
var list = [3, 1, 2]
list.append(5)
list.append(contentsOf: [8, 9])
list[0] += 10
print(list, list.count, list.first, list.last)   // expect: [13, 1, 2, 5, 8, 9] 6 13 9
print(list[1...2], list[3...], list[..<2])   // expect: [1, 2] [5, 8, 9] [13, 1]
print(list.remove(at: 0), list.removeLast(), list)   // expect: 13 9 [1, 2, 5, 8]
list.insert(7, at: 1)
list.sort()
print(list, list.reversed())   // expect: [1, 2, 5, 7, 8] [8, 7, 5, 2, 1]
list.removeAll(where: { $0 % 2 == 0 })
print(list)   // expect: [1, 5, 7]
print([1, 2] + [3], [[1], [2, 3]][1][0])   // expect: [1, 2, 3] 2
var grid = [[0, 0], [0, 0]]
grid[1][0] = 4
print(grid)   // expect: [[0, 0], [4, 0]]
let empty = [Int]()
print(empty.isEmpty, empty.first, [].max())   // expect: true nil nil
var copy = grid
copy[0][0] = 1
print(grid[0][0], copy[0][0])   // expect: 0 1
print(Array(repeating: 0, count: 3), Array(1...3))   // expect: [0, 0, 0] [1, 2, 3]
["a", "b"]   // expect: ["a", "b"]
// %%
[1, 2, 3][3]   // expect error: index 3 is out of range: there are 3 elements
// expect help: indices go from 0 to 2
// %%
[1, 2][0...5]   // expect error: 0...5 is out of range: there are 2 elements
// %%
[Int]().removeLast()   // expect error: this cannot be assigned to
// %%
let fixed = [1]
fixed.append(2)   // expect error: 'fixed' cannot be changed: it was declared with 'let'
// expect help: declare it with 'var fixed = …'
