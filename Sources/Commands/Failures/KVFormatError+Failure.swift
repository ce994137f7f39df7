import CommandLanguage
import LanguageModels

extension KVFormatError: CommandFailure {
  package var message: String {
    "a cache in \(format.rawValue) needs heads of a multiple of \(format.headSizeMultiple) numbers; "
      + "this model's have \(headSize)"
  }

  package var help: String? { "use cache: .f16, which fits every model" }
}
