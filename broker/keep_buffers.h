#pragma once

namespace tearline {

/// Tells the allocator to keep large buffers instead of giving each back to the kernel.
///
/// By default glibc maps every buffer over 128 KiB anew and unmaps it when freed, and trims the
/// heap as often: groups of records and frames of deliveries are of just that size, and the page
/// faults cost a third of the broker's throughput.
///
/// Requires: no other thread exists yet.
void KeepBuffers();

}  // namespace tearline
