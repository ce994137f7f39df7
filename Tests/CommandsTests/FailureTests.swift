import CommandLanguage
import Commands
import Datasets
import FineTuning
import Foundation
import Generation
import Hub
import LanguageModels
import ModelFiles
import TensorCore
import Testing
import Tokenization

/// What students read when the engine refuses something.
struct FailureTests {
  private func text(_ error: any Error) throws -> String {
    let failure = try #require(error as? any CommandFailure)
    return failure.message + (failure.help.map { " | \($0)" } ?? "")
  }

  private func gguf(_ reason: GGUFError.Reason) throws -> String { try text(GGUFError(path: "m.gguf", reason: reason)) }

  @Test func cutOffDownload() throws {
    #expect(
      try gguf(.tensorOutOfFile(tensor: "blk.3.ffn_up.weight", end: 98_362_432, size: 12_000_000))
        == "'m.gguf' ends in the middle of tensor 'blk.3.ffn_up.weight': it has 12,000,000 bytes and needs 98,362,432"
        + " | the download was cut short: fetch it again")
    #expect(
      try gguf(.truncated(what: "the value of 'general.name'", needed: 9, left: 1))
        == "'m.gguf' ends in the middle of the value of 'general.name': 9 bytes needed, 1 left"
        + " | the download was cut short: fetch it again")
  }

  @Test(arguments: [
    (UInt32(16), "iq2_XXS"), (40, "nvfp4"), (31, "q4_0_4_4, which ggml has given up"),
    (99, "type 99, which ggml does not have"),
  ])
  func typesThatAreNotRead(id: UInt32, name: String) throws {
    #expect(
      try gguf(.tensorType(id, tensor: "output.weight"))
        == "tensor 'output.weight' of 'm.gguf' is stored as \(name) | Quill reads f32, f16, q4_0, q4_1, q5_0, q5_1, "
        + "q8_0, q2_K, q3_K, q4_K, q5_K, q6_K, iq4_NL, iq4_XS, bf16, tq1_0, tq2_0, mxfp4: download the model in one of them"
    )
  }

  /// What is found where a GGUF file should be, by its first bytes.
  @Test(arguments: [
    ("<!DOCTYPE html>\n<html class=\"\">", "is a web page", "'/resolve/'"),
    ("\n  <html><head>", "is a web page", "'/resolve/'"),
    ("version https://git-lfs.github.com/spec/v1\noid sha256:", "is a Git LFS pointer", "git lfs pull"),
    ("{\"error\":\"Repository not found\"}", "is JSON text", "open it in an editor"),
    ("Invalid username or password.\n", "begins with the text 'Invalid username or password.'", "open it"),
    ("PK\u{3}\u{4}\u{0}\u{0}\u{8}\u{8}archive", "is a ZIP archive", "convert_hf_to_gguf.py"),
    ("\u{40}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}{\"__metadata__\"", "is a safetensors file", "convert_hf_to_gguf.py"),
    ("tjgg\u{3}\u{0}\u{0}\u{0}", "is a GGML file from before GGUF", "download the model as .gguf"),
    ("\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}", "begins with zeros", "fetch it again"),
    ("\u{1}\u{2}\u{3}\u{4}\u{5}", "begins with the bytes 01 02 03 04", "fetch it again"),
  ])
  func otherKindsOfFile(content: String, message: String, help: String) {
    do {
      _ = try GGUFFile(path: "m.gguf", bytes: Bytes(Array(content.utf8)))
      Issue.record("read as GGUF")
    } catch {
      let failure: any CommandFailure = error
      #expect(failure.message.hasPrefix("'m.gguf' \(message)"))
      #expect(failure.help?.contains(help) == true)
    }
  }

  @Test func adapters() throws {
    let module = "model.layers.0.self_attn.q_proj"
    #expect(
      try text(AdapterError(path: "a", reason: .shape(module, found: [2048, 2048], expected: [576, 576])))
        == "the adapter of '\(module)' in 'a' is for a layer of 2,048 × 2,048; the model's is 576 × 576"
        + " | an adapter fits only the model that it was trained on: load that one first")
    #expect(
      try text(AdapterError(path: "a", reason: .unsupported("lora_bias", value: "true")))
        == "'a' asks for \"lora_bias\": true, which Quill does not have"
        + " | train it as plain LoRA or DoRA, without biases and other variants")
  }

  @Test func missingFiles() throws {
    #expect(
      try text(FileError(path: "/m.gguf", code: ENOENT))
        == "there is no file '/m.gguf' | check the path: the completion of a string lists what is there")
    #expect(
      try text(FileError(path: "m.gguf", code: ENOENT)).hasPrefix(
        "there is no file 'm.gguf' | the path is relative to '/"))
  }

  @Test func training() throws {
    #expect(
      try text(TrainingError.noLabels(batch: [3, 9, 12, 40, 41]))
        == "rows 3, 9, 12, 40 and 1 more have no token to learn"
        + " | take short rows out: data.filter { row in row[\"text\"].count > 20 }")
    let value = NonFiniteValue(.gradient, layer: "model.layers.3.mlp.up_proj")
    #expect(
      try text(TrainingError.notFinite(value, step: 1234, rows: [7])).hasPrefix(
        "the gradient of 'model.layers.3.mlp.up_proj' in step 1,234 is infinite or not a number, with row 7 | "))
  }

  /// The caret goes to the argument at fault.
  @Test func arguments() throws {
    let range = SamplingError.optionOutOfRange(name: "topP", value: 2, range: "is above 0 and at most 1")
    #expect((range as any Error as? any CommandFailure)?.argument == "topP")
    #expect((SamplingError.emptyStopString as any Error as? any CommandFailure)?.argument == "stop")
    let share = DatasetError.validationOutOfRange(value: 1)
    #expect((share as any Error as? any CommandFailure)?.argument == "validation")
    #expect((ModelError.noTokens as any Error as? any CommandFailure)?.argument == nil)
  }
}
