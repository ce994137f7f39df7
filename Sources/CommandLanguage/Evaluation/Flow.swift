/// How a block of statements ended.
enum Flow {
  /// At its end, with the value of its last expression.
  case normal(Value)
  case `break`(label: String?)
  case `continue`(label: String?)
  case `return`(Value)
  case `fallthrough`

  /// What a loop does after its body ended this way.
  enum AfterBody {
    case goOn
    case stop
    /// Leaves the loop for something around it.
    case pass
  }

  func afterBody(ofLoopLabelled label: String?) -> AfterBody {
    switch self {
    case .normal: .goOn
    case .continue(let target) where target == nil || target == label: .goOn
    case .break(let target) where target == nil || target == label: .stop
    default: .pass
    }
  }

  /// The keyword, for errors.
  var word: String {
    switch self {
    case .break: "break"
    case .continue: "continue"
    case .return: "return"
    case .fallthrough: "fallthrough"
    case .normal: ""
    }
  }
}
