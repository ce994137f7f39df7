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
    case .notFinite(let what, let step, let rows):
      "\(what) of step \(NumberText.count(step)) is infinite or not a number, with \(Self.naming(rows))"
    }
  }

  package var help: String? {
    switch self {
    case .noAdapter: "attach one first: model.attaching(LoRA(rank: 8))"
    case .noRows: "look at the data set: a filter may have left nothing"
    case .noLabels: "take short rows out: data.filter { row in row[\"text\"].count > 20 }"
    case .notFinite:
      "the adapter is as it was before this step; a tenth of the learning rate is the usual cure, or gradients clipped at 1"
    }
  }

  /// Up to four rows by their numbers.
  private static func naming(_ rows: [Int]) -> String {
    let shown = rows.prefix(4).map { String($0) }.joined(separator: ", ")
    return "\(rows.count == 1 ? "row" : "rows") \(shown)\(rows.count > 4 ? " and \(rows.count - 4) more" : "")"
  }
}
