#pragma once

namespace tern {

/// Starts this program again, once, with threads that sleep soon when they wait for one another,
/// unless the user has chosen (GOMP_SPINCOUNT or OMP_WAIT_POLICY). libgomp reads its settings
/// before main(), so a running program cannot change them. The first line of a main().
void prefer_short_spins(char** argv);

}  // namespace tern
