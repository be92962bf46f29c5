// The library from C++. After `cargo xtask capi --prefix DIR`:
//
//   c++ example.cpp -I DIR/include -L DIR/lib -lmemcpy_streaming -Wl,-rpath,DIR/lib -o example

#include <memcpy_streaming.h>

#include <algorithm>
#include <iostream>
#include <thread>
#include <vector>

namespace {

// Drains when it goes out of scope, by return or by exception: what was streamed in the scope may be used after it.
struct Drain {
    ~Drain() { memcpy_streaming_drain(); }
};

}  // namespace

int main()
{
    const std::vector<double> source(100000, 2.5);
    std::vector<double> target(source.size());
    {
        Drain drain;
        memcpy_streaming(target.data(), source.data(), source.size() * sizeof source[0]);
    }
    if (target != source) {
        std::cerr << "the copy is wrong\n";
        return 1;
    }

    // Each thread drains what it streamed itself, before it ends.
    const std::size_t half = target.size() / 2;
    const double pattern[] = {1, 2, 3, 4};
    auto fill = [&](std::size_t from, std::size_t count) {
        Drain drain;
        memset_pattern_streaming(&target[from], pattern, sizeof pattern, count * sizeof target[0]);
    };
    std::thread other(fill, half, target.size() - half);
    fill(0, half);
    other.join();
    if (std::count(target.begin(), target.end(), 4.0) != static_cast<std::ptrdiff_t>(target.size() / 4)) {
        std::cerr << "the fill is wrong\n";
        return 1;
    }

    std::cout << target.size() << " doubles copied and filled by two threads; backend " << memcpy_streaming_backend() << '\n';
    return 0;
}
