// swift-format-ignore-file
var sizes = ["q4_0": 4.5, "q8_0": 8.5]
print(sizes["q4_0"], sizes["none"], sizes["none", default: 0])   // expect: 4.5 nil 0
sizes["f16"] = 16
sizes["q4_0"] = nil
print(sizes, sizes.count)   // expect: ["q8_0": 8.5, "f16": 16] 2
sizes["new", default: 0] += 1
for (name, size) in sizes { print(name, size) }
// expect: q8_0 8.5
// expect: f16 16
// expect: new 1
print(sizes.keys, sizes.values)   // expect: ["q8_0", "f16", "new"] [8.5, 16, 1]
print(sizes.mapValues { $0 * 2 }["f16"])   // expect: 32
print(sizes.filter { $0.value > 5 })   // expect: ["q8_0": 8.5, "f16": 16]
print(sizes.sorted { $0.value < $1.value }.map { $0.key })   // expect: ["new", "q8_0", "f16"]
var nested = ["a": ["b": 1]]
nested["a"]!["b"] = 2
print(nested, [:].isEmpty, sizes.removeValue(forKey: "f16"))   // expect: ["a": ["b": 2]] true 16
[1: "one", 2: "two"][2]   // expect: "two"
// %%
[[1]: 2]   // expect error: an array of Int cannot be the key of a dictionary
