// swift-format-ignore-file
class Model {}   // expect error: the command language has no 'class'; it knows let, var, func, if, for, while, switch
// %%
struct Point { let x: Int }   // expect error: the command language has no 'struct'; it knows let, var, func, if, for, while, switch
// %%
import Foundation   // expect error: the command language has no 'import'; it knows let, var, func, if, for, while, switch
// %%
do { print(1) } catch { }   // expect error: the command language has no 'do'; it knows let, var, func, if, for, while, switch
// %%
func f<T>(_ x: T) -> T { x }   // expect error: the command language has no generic functions; it knows let, var, func, if, for, while, switch
// %%
let x = 3 as Double   // expect error: the command language has no 'as'; it knows let, var, func, if, for, while, switch
// %%
let y = rows().first?.text   // expect error: the command language has no optional chaining; it knows let, var, func, if, for, while, switch
// %%
throw 3   // expect error: the command language has no 'throw'; it knows let, var, func, if, for, while, switch
// %%
enum A { case b }   // expect error: the command language has no 'enum'; it knows let, var, func, if, for, while, switch
protocol B {}   // expect error: the command language has no 'protocol'; it knows let, var, func, if, for, while, switch
// %%
let path = \Int.description   // expect error: the command language has no key paths; it knows let, var, func, if, for, while, switch
// %%
func g(_ x: inout Int) {}   // expect error: the command language has no 'inout'; it knows let, var, func, if, for, while, switch
// %%
#if DEBUG
#endif
// expect error: the command language has no '#if'; it knows let, var, func, if, for, while, switch
// %%
1 & 2   // expect error: the command language has no operator '&'
// %%
try await load("toy")   // expect: Model(f32)
// %%
var count = 1
count++   // expect error: the command language has no operator '++'
// expect help: write += 1
// %%
if count = 2 { }   // expect error: '=' gives a value and is no condition
// expect help: '==' compares
