// swift-format-ignore-file
let model = load("toy")
model.generate(3)   // expect error: 'prompt' takes a String, not the Int 3
// %%
model.generate()   // expect error: 'generate' needs 'prompt', a String
// %%
model.generate("x", 64)   // expect error: 'generate' takes 'maxTokens' with its label
// expect help: write 'maxTokens: …'
// %%
model.generate("x", "y")   // expect error: 'generate' takes one argument without a label, this is one too many
// %%
model.generate(prompt: "x")   // expect error: 'generate' takes this argument without the label 'prompt'
// expect help: leave the label out
// %%
model.generate("x", maxTokens: 5, maxTokens: 6)   // expect error: 'generate' was given 'maxTokens' twice
// expect help: leave one 'maxTokens:' out
// %%
model.generate("x", temperature: 1, maxTokens: 5)   // expect error: 'generate' takes 'maxTokens' before 'temperature'
// expect help: put 'maxTokens: …' in front of 'temperature: …'
// %%
model.generate("x", maxTokens: 0)   // expect error: 'maxTokens' must be 1...4096 tokens, not 0
// %%
model.generate("x", maxTokens: 2.5)   // expect error: 'maxTokens' takes an Int, not the Double 2.5
// %%
model.train(on: rows(), epochs: 0)   // expect error: 'epochs' must be more than 0, not 0
// %%
model.train(on: rows(), lr: 0.1)   // expect error: 'train' has no parameter 'lr'
// expect help: did you mean 'learningRate'? torch calls it 'lr'
// %%
model.train(on: rows(), num_train_epochs: 1)   // expect error: 'train' has no parameter 'num_train_epochs'
// expect help: did you mean 'epochs'? HF calls it 'num_train_epochs'
// %%
model.train(on: rows(), r: 1)   // expect error: 'train' has no parameter 'r'
// expect help: did you mean 'rank'? PEFT calls it 'r'
// %%
model.generate("x", max_new_tokens: 1)   // expect error: 'generate' has no parameter 'max_new_tokens'
// expect help: did you mean 'maxTokens'? HF calls it 'max_new_tokens'
// %%
model.fuse()   // expect error: a Model has no 'fuse'
// expect help: did you mean 'merged'? mlx calls it 'fuse'
// %%
model.quantized(to: .q4_k_m)   // expect error: 'to' takes a Format, and '.q4_k_m' is none
// expect help: did you mean '.q4_K_M'?
// %%
model.quantized(to: .nf4(blocksize: 3))   // expect error: '.nf4' has no parameter 'blocksize'
// expect help: did you mean 'blockSize'?
// %%
model.quantized(to: .nf4(blockSize: 3))   // expect error: 'blockSize' must be 16...4096 weights, not 3
// %%
model.quantized(to: "nf4")   // expect error: 'to' takes a Format such as .f32, not the String "nf4"
// %%
model.train(on: model)   // expect error: 'on' takes a Dataset, not a Model
// %%
generate("x")   // expect error: 'generate' is called on a Model, not by itself
// expect help: write value.generate(…), where value is a Model
// %%
model.generate("x").text()   // expect error: 'text' is a property and is read without parentheses
// expect help: write .text
// %%
rows()[7]   // expect error: index 7 is out of range: there are 3 elements
// expect help: indices go from 0 to 2
// %%
model.name = "x"   // expect error: 'name' of a Model cannot be set
