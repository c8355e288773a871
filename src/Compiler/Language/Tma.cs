namespace CogVideoX.Compiler.Language;

/// <summary>The tensor memory accelerator (sm_90): boxes of tensors and plain bytes between global and shared memory, started by one
/// thread.</summary>
public static class Tma
{
    /// <summary>Loads a box at (x, y), x innermost; the barrier is told of its bytes. What lies outside of the tensor becomes
    /// zero.</summary>
    public static void Load(uint destination, TensorMap map, MBarrier barrier, int x, int y) =>
        Load2(destination, map.Address, barrier.Address, x, y);

    /// <summary>Loads a box at (x, y, z).</summary>
    public static void Load(uint destination, TensorMap map, MBarrier barrier, int x, int y, int z) =>
        Load3(destination, map.Address, barrier.Address, x, y, z);

    /// <summary>Loads a box into the same place of every block of the cluster in the mask, and tells the barrier at the same place
    /// there.</summary>
    public static void LoadMulticast(uint destination, TensorMap map, MBarrier barrier, int x, int y, ushort mask) =>
        Multicast2(destination, map.Address, barrier.Address, x, y, mask);

    /// <summary>Stores a box at (x, y), as part of this thread's bulk group.</summary>
    public static void Store(TensorMap map, uint source, int x, int y) => Store2(map.Address, source, x, y);

    /// <summary>Copies bytes from global to shared memory; both addresses and the count are multiples of 16.</summary>
    [Ptx(
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [{destination}], [{source}], {bytes}, [{barrier}];",
        Architecture = 90, IsaVersion = 80)]
    public static void Load<T>(
        [Address(AddressSpaces.Shared)] ref T destination, [Address(AddressSpaces.Global)] ref T source, int bytes, MBarrier barrier)
        where T : unmanaged => DeviceOnly.Called();

    /// <summary>Copies bytes from shared to global memory, as part of this thread's bulk group.</summary>
    [Ptx("cp.async.bulk.global.shared::cta.bulk_group [{destination}], [{source}], {bytes};", Architecture = 90, IsaVersion = 80)]
    public static void Store<T>([Address(AddressSpaces.Global)] ref T destination, [Address(AddressSpaces.Shared)] ref T source, int bytes)
        where T : unmanaged => DeviceOnly.Called();

    /// <summary>Closes this thread's bulk group.</summary>
    [Ptx("cp.async.bulk.commit_group;", Architecture = 90, IsaVersion = 80)]
    public static void Commit() => DeviceOnly.Called();

    /// <summary>Waits until at most so many of this thread's newest bulk groups are under way.</summary>
    [Ptx("cp.async.bulk.wait_group {pending};", Architecture = 90, IsaVersion = 80)]
    public static void WaitGroup([Immediate] int pending) => DeviceOnly.Called();

    [Ptx("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [{destination}], [{map}, {{{x}, {y}}}], [{barrier}];",
        Architecture = 90, IsaVersion = 80)]
    private static void Load2(uint destination, ulong map, uint barrier, int x, int y) => DeviceOnly.Called();

    [Ptx(
        "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes "
            + "[{destination}], [{map}, {{{x}, {y}, {z}}}], [{barrier}];",
        Architecture = 90, IsaVersion = 80)]
    private static void Load3(uint destination, ulong map, uint barrier, int x, int y, int z) => DeviceOnly.Called();

    [Ptx(
        "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster "
            + "[{destination}], [{map}, {{{x}, {y}}}], [{barrier}], {mask};",
        Architecture = 90, IsaVersion = 80)]
    private static void Multicast2(uint destination, ulong map, uint barrier, int x, int y, ushort mask) => DeviceOnly.Called();

    [Ptx("cp.async.bulk.tensor.2d.global.shared::cta.bulk_group [{map}, {{{x}, {y}}}], [{source}];", Architecture = 90, IsaVersion = 80)]
    private static void Store2(ulong map, uint source, int x, int y) => DeviceOnly.Called();
}
