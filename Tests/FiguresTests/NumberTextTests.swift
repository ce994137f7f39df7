import Figures
import Testing
@Test func counts() { #expect(NumberText.count(134_515_008) == "134,515,008") }
