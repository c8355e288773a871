namespace CogVideoX.Kernels.Ilgpu;

/// <summary>Four neighbouring numbers in fp32: one load of 16 bytes from shared memory.</summary>
internal readonly struct Float4(float x, float y, float z, float w)
{
    /// <summary>The first.</summary>
    public readonly float X = x;

    /// <summary>The second.</summary>
    public readonly float Y = y;

    /// <summary>The third.</summary>
    public readonly float Z = z;

    /// <summary>The fourth.</summary>
    public readonly float W = w;
}

/// <summary>Four neighbouring numbers as they are stored: one load or store of 16 or 8 bytes, where their address allows it.</summary>
internal readonly struct Stored4<T>(T x, T y, T z, T w) where T : unmanaged, IStored<T>
{
    private readonly T x = x, y = y, z = z, w = w;

    /// <summary>In fp32.</summary>
    public Float4 Values => new(x.Value, y.Value, z.Value, w.Value);

    /// <summary>Four numbers, rounded half to even.</summary>
    public static Stored4<T> From(Float4 values)
    {
        T type = default;
        return new(type.From(values.X), type.From(values.Y), type.From(values.Z), type.From(values.W));
    }
}
