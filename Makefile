# The front door. `make demo` and `make test` install what is missing, build, and run.

BUILD ?= build
CMAKE_FLAGS ?=
TESTS ?=

.PHONY: demo test test-asan build deps format check-format install clean

demo: build
	scripts/demo $(BUILD)

test: build
	ctest --test-dir $(BUILD) --output-on-failure --parallel 2 $(TESTS)

test-asan: deps
	cmake -S . -B $(BUILD)-asan -G Ninja -DTERN_SANITIZE=address,undefined $(CMAKE_FLAGS)
	cmake --build $(BUILD)-asan
	ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1 \
	  ctest --test-dir $(BUILD)-asan --output-on-failure --parallel 2 $(TESTS)

build: deps
	cmake -S . -B $(BUILD) -G Ninja $(CMAKE_FLAGS)
	cmake --build $(BUILD)

deps:
	scripts/install-deps

format:
	git ls-files '*.h' '*.cc' '*.cpp' | xargs clang-format -i

check-format:
	git ls-files '*.h' '*.cc' '*.cpp' | xargs clang-format --dry-run --Werror

install: build
	cmake --install $(BUILD)

clean:
	rm -rf $(BUILD) $(BUILD)-asan
