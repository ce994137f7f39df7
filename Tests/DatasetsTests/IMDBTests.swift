import Datasets
import Foundation
import JSONValue
import TestSupport
import Testing

/// On the real file, which set-up fetches; without it these tests are skipped.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: Fixtures.movieReviews)))
struct IMDBTests {
  @Test func rowsAreThoseOfTheHub() throws {
    let start = ContinuousClock.now
    let imdb = try Dataset.imdb(path: Fixtures.movieReviews)
    let elapsed = ContinuousClock.now - start
    print("25,000 reviews read and checked in \(elapsed)")
    #expect(elapsed < .seconds(4))
    #expect(imdb.count == 25_000)
    #expect(imdb.columns == ["text", "label"])
    #expect(try imdb.row(0).text.hasPrefix("I rented I AM CURIOUS-YELLOW"))
    #expect(imdb.rows.filter { $0["label"] == 1 }.count == 12_500)
    #expect(imdb.prefix(12_500).singleLabelWarning()?.label == 0)
    // num_bytes of the hub's card counts 12 bytes for each row's label and offset.
    #expect(try imdb.rows.reduce(0) { $0 + (try $1.text.utf8.count) } == 33_432_823 - 12 * 25_000)
  }

  @Test func anotherFileIsRefused() throws {
    try withFile("text,label,source\na,1,imdb\n") { path in
      let error = #expect(throws: DatasetError.self) { try Dataset.imdb(path: path) }
      #expect(error?.description.hasSuffix("it should be d4acac55fe7f…") == true)
    }
  }
}
