import ChatTemplates
import CommandLanguage
import Datasets
import Generation
import Hub
import Tokenization

// These modules word their errors themselves.

extension TokenizerError: CommandFailure {
  package var message: String { description }
}

extension CatalogueError: CommandFailure {
  package var message: String { description }
}

extension DatasetError: CommandFailure {
  package var message: String { description }

  package var argument: String? {
    if case .validationOutOfRange = self { "validation" } else { nil }
  }
}

extension HubError: CommandFailure {
  package var message: String { description }
}

extension TemplateError: CommandFailure {
  package var message: String { "line \(line) of the chat template: \(reason)" }
  package var help: String? { reason.help }
}

extension SamplingError: CommandFailure {
  package var message: String { description }

  package var argument: String? {
    switch self {
    case .optionOutOfRange(let name, _, _): name
    case .emptyStopString: "stop"
    default: nil
    }
  }
}
