#pragma once

namespace tearline {

/// Lets this process hold as many file descriptors as it may: the soft limit becomes the hard one.
///
/// A connection costs one before anything is known of who makes it. With none left gRPC 1.51 stops
/// listening for good, and the stores can't open their files.
void RaiseDescriptorLimit();

}  // namespace tearline
