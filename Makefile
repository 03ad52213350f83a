# The front door. `make demo` and `make test` install what is missing, build, and run.

BUILD ?= build
CMAKE_FLAGS ?=
TESTS ?=

.PHONY: demo test run-tests test-asan check-long build deps format check-format install clean

demo: build
	scripts/demo $(BUILD)

test: build run-tests

run-tests:
	ctest --test-dir $(BUILD) --output-on-failure --parallel 2 $(TESTS)

test-asan: deps
	cmake -S . -B $(BUILD)-asan -G Ninja -DTERN_SANITIZE=address,undefined $(CMAKE_FLAGS)
	cmake --build $(BUILD)-asan
	ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1 \
	  ctest --test-dir $(BUILD)-asan --output-on-failure --parallel 2 $(TESTS)

# What takes too long for every change: the suite under sanitizers, and a build with clang that compiles
# each file by itself.
check-long: test-asan
	scripts/install-deps --long
	cmake -S . -B $(BUILD)-clang -G Ninja -DCMAKE_CXX_COMPILER=clang++-14 -DTERN_WERROR=ON \
	  -DTERN_UNITY=OFF $(CMAKE_FLAGS)
	cmake --build $(BUILD)-clang
	ctest --test-dir $(BUILD)-clang --output-on-failure --parallel 2 $(TESTS)

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
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-clang
