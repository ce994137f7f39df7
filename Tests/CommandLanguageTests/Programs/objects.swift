// swift-format-ignore-file
let model = load("toy")
model   // expect: Model(f32)
// %%
model.quantized(to: .nf4)   // expect: Model(nf4/64/true)
// %%
model.quantized(to: .nf4(blockSize: 32, doubleQuantized: false))   // expect: Model(nf4/32/false)
// %%
let format = .nf4(blockSize: 128)
model.quantized(to: format)   // expect: Model(nf4/128/true)
// %%
model.generate("Once", maxTokens: 3, temperature: 1).text   // expect: "Once|3|1.0"
// %%
model["blk.0"]   // expect: "weight blk.0"
// %%
for row in rows() { print(row.text) }
// expect: good
// expect: bad
// expect: fine
print(rows().map { $0.text }, rows()[1].text, rows().count)   // expect: ["good", "bad", "fine"] bad 3
print(load("toy") == load("toy"), load("toy") == model.quantized(to: .f32))   // expect: true true
interact(t: 0.0...2.0, bits: [2, 3]) { t, bits in t + bits }   // expect: "t,bits -> 2.0 of [\"t\", \"bits\"]"
// %%
[model, model]   // expect: [Model(f32), Model(f32)]
