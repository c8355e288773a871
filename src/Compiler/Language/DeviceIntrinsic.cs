namespace CogVideoX.Compiler.Language;

/// <summary>What the frontend knows by itself; the rest of the language is C# and <see cref="PtxAttribute"/>.</summary>
internal enum DeviceIntrinsic
{
    /// <summary>
    /// Shared.Array&lt;T&gt;(int count, int alignment): a static shared array for each place in the C#, as its 32-bit address.
    /// </summary>
    SharedArray,

    /// <summary>Shared.Dynamic&lt;T&gt;(): the dynamic shared array's address.</summary>
    SharedDynamic,

    /// <summary>Registers.Of&lt;T&gt;(int count): a thread's own array, all zero, as a Registers&lt;T&gt;.</summary>
    Registers,

    /// <summary>Local.Array&lt;T&gt;(int count): a thread's own array in memory, as a Local&lt;T&gt;.</summary>
    LocalArray,

    /// <summary>Device.Print(string format, …).</summary>
    Print,

    /// <summary>Device.Assert(bool condition, string message, string file, int line).</summary>
    Assert,

    /// <summary>ref T Shared.At&lt;T&gt;(uint address).</summary>
    SharedReference,

    /// <summary>uint Shared.AddressOf&lt;T&gt;(ref T): 32-bit address of something in shared memory.</summary>
    SharedAddress,

    /// <summary>The kernel's Block.X, Y, Z as constants.</summary>
    BlockSizeX,
    BlockSizeY,
    BlockSizeZ,

    /// <summary>Whether this compilation checks views' bounds: a constant.</summary>
    IsChecked,

    /// <summary>ulong TensorMap.Address: generic address of the parameter.</summary>
    TensorMapAddress,
}
