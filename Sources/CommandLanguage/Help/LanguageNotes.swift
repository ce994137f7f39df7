/// Where the command language is not quite Swift, for `help()` and the reference page.
enum LanguageNotes {
  static let all = [
    "An Int beside a Double widens: 3 * 0.5 is 1.5. Two Ints stay whole: 7 / 2 is 3, and 7.0 / 2 is 3.5.",
    "** raises to a power and binds more tightly than *; a sign binds more tightly still: -2 ** 2 is 4.",
    "A later cell may declare a name again; what other cells computed with the old value stays as it is.",
    "A variable does not hide a command of its name when it is called.",
    "The last expression of a closure, and of a func with ->, is its value even behind other statements.",
    "A function sees variables as they are when it is called, not as they were when it was declared.",
    "Arguments keep the order in which the command lists them; those with a default can be left out.",
    "try and await are accepted and do nothing.",
    "A '?' behind a name at the end of a line shows help. Lines that begin with % are commands of the notebook:"
      + " %time before an expression, %reset, %who, %lsmagic.",
  ]
}
