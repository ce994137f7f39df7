import CommandLanguage
import Figures
import FineTuning

extension TrainingError: CommandFailure {
  package var message: String {
    switch self {
    case .noAdapter: "the model has no adapter, and only adapters are trained"
    case .noRows: "the data set has no rows"
    case .noLabels(let rows):
      "\(Self.naming(rows)) \(rows.count == 1 ? "has" : "have") no token to learn"
    case .rowTooLong(let row, let tokens, let limit):
      "row \(row) has \(NumberText.count(tokens)) tokens, and rows were to have at most \(NumberText.count(limit))"
    case .notFinite(let value, let step, let rows):
      "\(Self.naming(value)) in step \(NumberText.count(step)) is infinite or not a number, with \(Self.naming(rows))"
    case .noValidation: "there are no validation rows to judge the model by"
    }
  }

  package var help: String? {
    switch self {
    case .noAdapter: "attach one first: model.attaching(LoRA(rank: 8))"
    case .noRows: "look at the data set: a filter may have left nothing"
    case .noLabels: "take short rows out: data.filter { row in row[\"text\"].count > 20 }"
    case .rowTooLong(_, let tokens, _): "give more room: maxLength: \(tokens)"
    case .noValidation: "hold some rows back: let parts = data.split(validation: 0.1); train(on: …, validation: …)"
    case .notFinite:
      "the adapter is as it was before this step; a tenth of the learning rate is the usual cure, or gradients clipped at 1"
    }
  }

  private static func naming(_ value: NonFiniteValue) -> String {
    let quantity =
      switch value.quantity {
      case .loss: "the loss"
      case .output: "the output"
      case .gradient: "the gradient"
      }
    return value.layer.map { "\(quantity) of '\($0)'" } ?? quantity
  }

  /// Up to four rows by their numbers.
  private static func naming(_ rows: [Int]) -> String {
    let shown = rows.prefix(4).map { String($0) }.joined(separator: ", ")
    return "\(rows.count == 1 ? "row" : "rows") \(shown)\(rows.count > 4 ? " and \(rows.count - 4) more" : "")"
  }
}
