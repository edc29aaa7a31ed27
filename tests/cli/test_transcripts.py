"""What a person is told about a mistake in an expression: message, caret, hint; exit status 2, nothing on stdout."""

import pytest
from command_line import run

OUT = "write `dense(out, var, bias)`"
ABOVE = "a name is defined above its first use, and never in terms of itself"
OTHER = "choose another name"
WIDTHS = "use `|` to stack outputs, or give the branches the same width"
REPEATED = "a block is repeated a whole number of times, not "
EQUAL = "the branches of a sum must have equal widths: "
BLOCK = " is a block, and a number is expected here"

# text, line and column of the caret, the text over the carets, message, hint
TRANSCRIPTS = [
    # names
    ("dens >> relu", 1, 1, "dens", "no block is called `dens`", "did you mean `dense`?"),
    ("dense >> Relu", 1, 10, "Relu", "no block is called `Relu`", "did you mean `relu`?"),
    ("Linear(4)", 1, 1, "Linear", "no block is called `Linear`", "did you mean `dense`?"),
    ("W^L", 1, 1, "W", "no block is called `W`", "see `freeblock library`"),
    ("branch = relu >> dense\n(id + brunch)^L", 2, 7, "brunch", "no block is called `brunch`", "did you mean `branch`?"),
    ("dense(vr=2)", 1, 7, "vr=2", "`dense` has no parameter `vr`", "did you mean `var`?"),
    ("relu(q=1)", 1, 6, "q=1", "`relu` has no parameter `q`", "write `relu(p)`"),
    ("dense(var=sqt(2))", 1, 11, "sqt", "there is no function `sqt`", "did you mean `sqrt`?"),
    ("f(a) = a\nf(b=dense)", 2, 3, "b=dense", "`f` has no parameter `b`", "write `f(a)`"),
    # arguments
    ("dense(1,2,3,4)", 1, 13, "4", "`dense` takes at most 3 arguments", OUT),
    ("id(3)", 1, 4, "3", "`id` takes no arguments", "write `id`"),
    ("relu(1/2, 1/2)", 1, 11, "1/2", "`relu` takes at most 1 argument", "write `relu(p)`"),
    ("dense(n, out=n)", 1, 10, "out=n", "`out` is given twice", OUT),
    ("dense(out=3, 4)", 1, 14, "4", "an argument without a keyword stands before those with one", OUT),
    ("f(a, b) = a >> b\nf(a=dense, relu)", 2, 12, "relu", "an argument without a keyword stands before those with one", "write `f(a, b)`"),
    ("f(a) = a\nf", 2, 1, "f", "`f` needs 1 argument", "write `f(a)`"),
    ("f(a) = a\nf()", 2, 1, "f()", "`f` needs `a`", "write `f(a)`"),
    ("f(a) = a\nf(dense, relu)", 2, 10, "relu", "`f` takes 1 argument", "write `f(a)`"),
    ("a = dense\na(2)", 2, 1, "a(2)", "`a` takes no arguments", "write `a`"),
    ("f(a) = a(2)\nf(dense)", 1, 8, "a", "`a` is a parameter and takes no arguments", "write `a`"),
    ("dense(var=sqrt(1, 2))", 1, 11, "sqrt(1, 2)", "`sqrt` takes 1 argument, not 2", "write `sqrt(x)`"),
    ("opaque", 1, 1, "opaque", "`opaque` needs `F`: what the block is called", "write `opaque(F, out)`"),
    ("opaque(2)", 1, 8, "2", "`F` of `opaque` is a name", "write `opaque(F)`"),
    ("opaque(F, lef)", 1, 11, "lef", "no trait is called `lef`", "did you mean `left`?"),
    ("opaque(F, m)", 1, 11, "m", "no trait is called `m`", "a width is written `out=m`"),
    # widths
    ("dense(2*n) + id", 1, 14, "id", EQUAL + "`dense(2*n)` gives 2*n, `id` gives n", WIDTHS),
    ("id + dense(3) + dense", 1, 6, "dense(3)", EQUAL + "`id` gives n, `dense(3)` gives 3", WIDTHS),
    ("grow(g) = id | dense(g)\ngrow(4)^3 + id", 2, 13, "id", EQUAL + "`grow(4)^3` gives 12 + n, `id` gives n", WIDTHS),
    ("(id | dense)^L", 1, 1, "(id | dense)^L", "the copies do not fit together: `id | dense` maps n to 2*n", "a repeated block keeps its width or grows by a constant"),
    ("let W = dense(2*n)\nW >> W", 2, 6, "W", "`W` is one random object on n inputs; here it gets 2*n", "write `W = …` without `let` for fresh weights at each use"),
    ("input (3, 32)\ndense", 1, 1, "input (3, 32)", "an image has channels, height and width, not 2 sizes", "write `input (3, 32, 32)`, or `input 3072` for a vector"),
    ("input (3, 8, 8)\ndense", 2, 1, "dense", "`dense` acts on vectors, and here comes an image of 3 × 8 × 8 from the input on line 1", "put `flatten` before it: `flatten >> dense`"),
    ("input (3, 8, 8)\nconv(4)\n>> relu\n>> dense(2)", 4, 4, "dense(2)", "`dense` acts on vectors, and here comes an image of 4 × 6 × 6 from `conv(4)` on line 2", "put `flatten` before it: `flatten >> dense`"),
    ("input (3, 8, 8)\nid + conv(3)", 2, 6, "conv(3)", "the branches of a sum must have equal shapes: `id` gives 3 × 8 × 8, `conv(3)` gives 3 × 6 × 6", "a convolution keeps the size with padding=(kernel - 1)/2 and stride 1"),
    ("input (3, 8, 8)\nid + conv(4, padding=1)", 2, 6, "conv(4, padding=1)", "the branches of a sum must have equal shapes: `id` gives 3 × 8 × 8, `conv(4, padding=1)` gives 4 × 8 × 8", "give the branches the same number of channels, or stack them with `|`"),
    ("input (3, 8, 8)\nid | avg_pool", 2, 6, "avg_pool", "the branches of a stack must have equal sizes: `id` gives 3 × 8 × 8, `avg_pool` gives 3 × 4 × 4", "a convolution keeps the size with padding=(kernel - 1)/2 and stride 1"),
    ("input (c, h, w)\nid + (flatten >> dense)", 2, 6, "(flatten >> dense)", "`flatten >> dense` gives a vector of c*h*w, `id` an image of c × h × w", "flatten the image, or keep both images"),
    ("avg_pool", 1, 1, "avg_pool", "`avg_pool` changes the number of positions, and no size of the image is known", "say the shape of the input: `input (3, 32, 32)`, or with symbols `input (c, h, w)`"),
    ("conv(stride=2)", 1, 1, "conv(stride=2)", "`conv` changes the number of positions, and no size of the image is known", "say the shape of the input: `input (3, 32, 32)`, or with symbols `input (c, h, w)`"),
    ("dense(7) >> conv", 1, 13, "conv", "`conv` acts on images, and `dense` gives a vector of 7", "put it before the image is flattened"),
    ("input (3, 4, 4)\nconv(kernel=7, padding=1)", 2, 1, "conv(kernel=7, padding=1)", "the window of `conv` is 7 high and the image 6, its padding included", "choose a smaller kernel, or more padding"),
    ("input (3, 8, 8)\nconv(padding=1, stride=2)^L", 2, 1, "conv(padding=1, stride=2)^L", "the copies do not fit together: 3 × 8 × 8 becomes 3 × 4 × 4", "a block that is repeated a symbolic number of times keeps the size of the image"),
    ("input (6, 8, 8)\nconv(groups=4)", 2, 1, "conv(groups=4)", "`fan_in` of `conv` is a whole number, not 27/2", "it is channels/groups*kernel_h*kernel_w"),
    ("input 0\ndense", 1, 7, "0", "the input width must be at least 1, not 0", "write a whole number such as 64, or a symbol"),
    ("input 7/2\ndense", 1, 7, "7/2", "the input width must be a whole number, not 7/2", "write a whole number such as 64, or a symbol"),
    ("input 2*n\ndense", 1, 9, "n", "`n` is the input width, which is said here", "write `input m`"),
    ("input 3\ninput 4\nid", 2, 1, "input 4", "the input is described twice", "keep one of the two lines"),
    # domains
    ("dense(var=-1)", 1, 11, "-1", "`var` of `dense` is outside its domain: it must satisfy var >= 0", "here that reads -1 >= 0"),
    ("relu(p=2)", 1, 8, "2", "`p` of `relu` is outside its domain: it must satisfy 0 <= p <= 1", "here that reads 2 <= 1"),
    ("dropout(keep=0)", 1, 14, "0", "`keep` of `dropout` is outside its domain: it must satisfy 0 < keep <= 1", "here that reads 0 < 0"),
    ("dense(0)", 1, 7, "0", "`out` of `dense` is outside its domain: it must satisfy out >= 1", "here that reads 0 >= 1"),
    ("dense(1/2)", 1, 7, "1/2", "`out` of `dense` must be a whole number, not 1/2", "`out` is the number of outputs; " + OUT),
    ("f(p) = relu(p)\nf(2)", 1, 13, "p", "`p` of `relu` is outside its domain: it must satisfy 0 <= p <= 1", "here that reads 2 <= 1"),
    ("dense(var=1/0)", 1, 12, "/0", "division by zero", "divide by a number that is not 0, or by a symbol"),
    ("dense(var=log(-1))", 1, 11, "log(-1)", "the logarithm of a number that is not positive", "symbols stand for positive numbers; give this part a value for which it is real"),
    ("dense(var=sqrt(-2))", 1, 11, "sqrt(-2)", "a negative number to a fractional or symbolic power", "symbols stand for positive numbers; give this part a value for which it is real"),
    ("block^(-1)", 1, 7, "(-1)", REPEATED + "-1", "write `block^3`, or `block^L` with a symbol; `c * block` scales it"),
    ("dense^(1/2)", 1, 7, "(1/2)", REPEATED + "1/2", "write `block^3`, or `block^L` with a symbol; `c * block` scales it"),
    ("dense^(sqrt(2))", 1, 7, "(sqrt(2))", "the number of copies must be a whole number, not sqrt(2)", "write a whole number such as 64, or a symbol"),
    ("sum[l=1..0](dense)", 1, 1, "sum[l=1..0](dense)", "an empty sum has no value", "the upper bound is below the lower one"),
    ("stack[l=3..2](dense)", 1, 1, "stack[l=3..2](dense)", "an empty stack has no value", "the upper bound is below the lower one"),
    ("serial[l=1..5/2](dense)", 1, 13, "5/2", "the bounds of an index are whole numbers, not 5/2", "write `l=1..5`, or `l=1..L` with a symbol"),
    ("assume sigma_w < 0\ndense", 1, 8, "sigma_w < 0", "this can never hold: symbols stand for positive numbers", "remove the line, or state what can hold"),
    # towers
    ("dense(var=9^(9^(9^9)))", 1, 13, "(9^(9^9))", "an exponent is at least 10^300", "write a symbol in its place"),
    ("dense^(9^(9^(9^9)))", 1, 10, "(9^(9^9))", "an exponent is at least 10^300", "write a symbol in its place"),
    # definitions
    ("a = b\nb = dense\na", 1, 5, "b", "`b` is used before it is defined", ABOVE),
    ("net = dense\nunused = later\nlater = relu", 2, 10, "later", "`later` is used before it is defined", ABOVE),
    ("a = dense >> a", 1, 14, "a", "`a` is used before it is defined", ABOVE),
    ("f(x) = g(x)\ng(x) = f(x)\ng(id)", 1, 8, "g", "`g` is used before it is defined", ABOVE),
    ("a = dense\na = relu", 2, 1, "a", "`a` is defined already, on line 1", OTHER),
    ("relu = dense", 1, 1, "relu", "`relu` is a component of the library", OTHER),
    ("grow(relu) = id\nid", 1, 6, "relu", "`relu` is a component of the library", OTHER),
    ("a = id\nf(g, a) = g\nid", 2, 6, "a", "the parameter `a` hides a definition", OTHER),
    ("pi = dense", 1, 1, "pi", "`pi` has a fixed meaning and cannot be redefined", OTHER),
    ("sqrt = dense", 1, 1, "sqrt", "`sqrt` has a fixed meaning and cannot be redefined", OTHER),
    ("serial[n=1..2](dense)", 1, 8, "n", "`n` has a fixed meaning and is no index", OTHER),
    # blocks and numbers
    ("f(x) = x >> dense(x)\nf(dense)", 2, 3, "dense", "`x` is used as a block and as a number", "give the definition two parameters, one for the block and one for the number"),
    ("f(x) = dense(x)\nf(1 + relu)", 2, 7, "relu", "`relu`" + BLOCK, "the parameter `x` stands for a number where it is used"),
    ("dense(var=2*relu)", 1, 13, "relu", "`relu`" + BLOCK, "write a number, or a symbol that no block is called"),
    ("a = dense\nassume a > 2\na", 2, 8, "a", "`a`" + BLOCK, "write a number, or a symbol that no block is called"),
    ("n", 1, 1, "n", "`n` is a number, and a block is expected here", "to scale the identity write `n * id`"),
    ("dense >> 2", 1, 10, "2", "a number stands where a block is expected", "`2 * id` scales the identity"),
    ("id - dense", 1, 4, "- dense", "blocks are added, not subtracted", "write `+ (-1) * dense`"),
    ("dense*2", 1, 7, "2", "the factor stands before the block", "write `2 * dense`"),
    ("dense/2", 1, 6, "/2", "the factor stands before the block", "write `(1/2) * dense`"),
    ("f(a) = serial[l=1..L](a * id)\nf(l)", 2, 3, "l", "`l` here would be taken for the index `l` of an indexed block", "rename the index or the symbol"),
    ("f(v) = dense(var=v)\nf(2/fan_in)", 2, 5, "fan_in", "`fan_in` has no value here", "it is a width of the component in whose arguments it stands"),
    # places
    ("net = dense >>\n  relu >>\n  dens\n", 3, 3, "dens", "no block is called `dens`", "did you mean `dense`?"),
    ("σ_1 = dense(var=τ^2) >> rellu", 1, 25, "rellu", "no block is called `rellu`", "did you mean `relu`?"),
    ("b = relu >> dense(var=-2)\nnet = (id + b)^L", 1, 23, "-2", "`var` of `dense` is outside its domain: it must satisfy var >= 0", "here that reads -2 >= 0"),
    ("# only a comment", 1, 1, "#", "there is no block to derive", "write one, for example `(dense >> relu)^L`"),
    ("id + (dense", 1, 6, "(", "unclosed `(`", "a `)` is missing"),
    ("id + bn >> relu", 1, 9, ">>", "`+` and `>>` have one level: parentheses must say which comes first", "write `(id + bn) >> relu` or `id + (bn >> relu)`"),
]


@pytest.mark.parametrize(("text", "line", "column", "marked", "message", "hint"), TRANSCRIPTS, ids=[row[0][:40] for row in TRANSCRIPTS])
def test_transcripts(text, line, column, marked, message, hint):
    outcome = run("derive", text)
    assert outcome.status == 2
    mistake = outcome.mistake
    assert mistake.source == "expression"
    assert (mistake.line, mistake.column, mistake.marked) == (line, column, marked)
    assert mistake.message == message
    assert mistake.hint == hint


def test_the_whole_text_of_an_error():
    assert run("derive", "σ = dense(var=τ^2, vra=3)\nσ").err == (
        "error: `dense` has no parameter `vra`\n"
        "  --> expression:1:20\n"
        "   |\n"
        " 1 | σ = dense(var=τ^2, vra=3)\n"
        "   |                    ^^^^^\n"
        "hint: did you mean `var`?\n"
    )


@pytest.mark.parametrize("command", ["derive", "check"])
def test_every_command_points_at_the_same_place(command):
    mistake = run(command, "dense >>\nrelu(p=2)").mistake
    assert (mistake.line, mistake.column, mistake.marked) == (2, 8, "2")
