/// HTML that every viewer shows: elements with inline attributes, no scripts, style blocks or drawings.
///
/// JupyterLab removes everything else from a notebook that is not trusted, and GitHub most of it. Colours are either
/// absent, so that the viewer's theme decides, or translucent backgrounds, which suit light and dark themes.
enum HTML {
  /// Text with the characters escaped that mean something in elements and quoted attributes.
  ///
  /// Control characters that HTML does not allow become the replacement character.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count + 16)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 32 || scalar.value == 127: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// An element around content that is HTML already; attribute values are escaped.
  static func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: String) -> String {
    let list = attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
    return "<\(name)\(list)>\(content)</\(name)>"
  }

  /// A whole figure: a heading where there is a title, and below it content that is HTML already.
  ///
  /// The classes keep MathJax from typesetting what stands between two dollar signs of the data.
  static func figure(title: String = "", _ content: String) -> String {
    let heading =
      title.isEmpty
      ? "" : element("div", ["style": "font-weight:bold;margin-bottom:4px"], escaped(title))
    return element("div", ["class": "tex2jax_ignore mathjax_ignore"], heading + content)
  }

  /// A small line of grey words.
  static func note(_ text: String) -> String {
    element("div", ["style": "font-size:85%;opacity:0.7;margin-top:4px"], escaped(text))
  }
}
