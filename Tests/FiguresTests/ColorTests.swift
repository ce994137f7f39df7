import Figures
import Testing

@Suite struct ColorTests {
  /// JupyterLab's, GitHub's and VS Code's pages.
  private static let backgrounds = [
    Color(hex: 0xffffff), Color(hex: 0x111111), Color(hex: 0x0d1117), Color(hex: 0x1f1f1f),
  ]

  @Test(arguments: Color.palette + [Color.neutral])
  func colorsCanBeSeenOnLightAndDark(color: Color) {
    for background in Self.backgrounds {
      let lighter = max(color.luminance, background.luminance)
      let darker = min(color.luminance, background.luminance)
      #expect((lighter + 0.05) / (darker + 0.05) >= 3, "\(color.css) on \(background.css)")
    }
  }

  @Test func cssText() {
    #expect(Color(hex: 0x2f80c8).css == "#2f80c8")
    #expect(Color(hex: 0x2f80c8).css(opacity: 0.25) == "rgba(47,128,200,0.25)")
  }
}
