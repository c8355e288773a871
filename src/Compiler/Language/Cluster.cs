namespace CogVideoX.Compiler.Language;

/// <summary>Blocks that run together and reach each other's shared memory (sm_90).</summary>
public static class Cluster
{
    /// <summary>This block's number in its cluster.</summary>
    public static uint Rank
    {
        [Ptx("mov.u32 {result}, %cluster_ctarank;", Pure = true, Architecture = 90, IsaVersion = 78)]
        get => DeviceOnly.Called<uint>();
    }

    /// <summary>Waits until every thread of the cluster is here; what they wrote before is then seen by all.</summary>
    [Ptx("barrier.cluster.arrive.release.aligned;\nbarrier.cluster.wait.acquire.aligned;", Architecture = 90, IsaVersion = 80)]
    public static void Sync() => DeviceOnly.Called();

    /// <summary>
    /// Waits until every thread of the cluster is here, and orders no memory accesses: enough for a block to stay while others read its
    /// shared memory.
    /// </summary>
    [Ptx("barrier.cluster.arrive.relaxed.aligned;\nbarrier.cluster.wait.aligned;", Architecture = 90, IsaVersion = 80)]
    public static void Meet() => DeviceOnly.Called();

    /// <summary>Address, in the cluster's window, of what lies in another block at the same place as <paramref name="place"/>
    /// here.</summary>
    [Ptx("mapa.shared::cluster.u32 {result}, {place}, {rank};", Pure = true, Architecture = 90, IsaVersion = 78)]
    public static uint AddressIn<T>([Address(AddressSpaces.Shared)] ref T place, uint rank)
        where T : unmanaged => DeviceOnly.Called<uint>();

    /// <summary>Reads from another block's shared memory.</summary>
    [Types(typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(float), typeof(double), Instead = "Read others as the integer of their size, and Unsafe.BitCast it")]
    [Ptx("ld.shared::cluster.{T} {result}, [{address}];", Architecture = 90, IsaVersion = 78)]
    public static T Read<T>(uint address)
        where T : unmanaged => DeviceOnly.Called<T>();
}
