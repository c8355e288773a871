namespace CogVideoX.Compiler.Language;

/// <summary>Threads of a CTA; and, in a kernel, which of them this one is.</summary>
public readonly record struct Block(int X, int Y = 1, int Z = 1)
{
    /// <summary>This thread's place in its block.</summary>
    public static int ThreadX { [Ptx("mov.u32 {result}, %tid.x;", Pure = true)] get => DeviceOnly.Called<int>(); }

    /// <inheritdoc cref="ThreadX"/>
    public static int ThreadY { [Ptx("mov.u32 {result}, %tid.y;", Pure = true)] get => DeviceOnly.Called<int>(); }

    /// <inheritdoc cref="ThreadX"/>
    public static int ThreadZ { [Ptx("mov.u32 {result}, %tid.z;", Pure = true)] get => DeviceOnly.Called<int>(); }

    /// <summary>Threads along x: a constant of the kernel.</summary>
    public static int SizeX { [DeviceIntrinsic(DeviceIntrinsic.BlockSizeX)] get => DeviceOnly.Called<int>(); }

    /// <summary>Threads along y: a constant of the kernel.</summary>
    public static int SizeY { [DeviceIntrinsic(DeviceIntrinsic.BlockSizeY)] get => DeviceOnly.Called<int>(); }

    /// <summary>Threads along z: a constant of the kernel.</summary>
    public static int SizeZ { [DeviceIntrinsic(DeviceIntrinsic.BlockSizeZ)] get => DeviceOnly.Called<int>(); }

    /// <summary>All threads of the block: a constant of the kernel.</summary>
    public static int Size => SizeX * SizeY * SizeZ;

    /// <summary>Waits until every thread of the block is here (bar.sync 0); what they wrote before is then seen by all.</summary>
    [Ptx("bar.sync 0;")]
    public static void Sync() => DeviceOnly.Called();
}
