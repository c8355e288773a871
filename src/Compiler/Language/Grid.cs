namespace CogVideoX.Compiler.Language;

/// <summary>Which block of the launch this is.</summary>
public static class Grid
{
    /// <summary>This block's place in the grid.</summary>
    public static int BlockX { [Ptx("mov.u32 {result}, %ctaid.x;", Pure = true)] get => DeviceOnly.Called<int>(); }

    /// <inheritdoc cref="BlockX"/>
    public static int BlockY { [Ptx("mov.u32 {result}, %ctaid.y;", Pure = true)] get => DeviceOnly.Called<int>(); }

    /// <inheritdoc cref="BlockX"/>
    public static int BlockZ { [Ptx("mov.u32 {result}, %ctaid.z;", Pure = true)] get => DeviceOnly.Called<int>(); }

    /// <summary>Blocks along x.</summary>
    public static int SizeX { [Ptx("mov.u32 {result}, %nctaid.x;", Pure = true)] get => DeviceOnly.Called<int>(); }

    /// <inheritdoc cref="SizeX"/>
    public static int SizeY { [Ptx("mov.u32 {result}, %nctaid.y;", Pure = true)] get => DeviceOnly.Called<int>(); }

    /// <inheritdoc cref="SizeX"/>
    public static int SizeZ { [Ptx("mov.u32 {result}, %nctaid.z;", Pure = true)] get => DeviceOnly.Called<int>(); }
}
