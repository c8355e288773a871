namespace CogVideoX.Emulator.Tensor;

/// <summary>A shape of wmma, and the matrices in it (PTX ISA 9.7.14.1, 9.7.14.4.1).</summary>
internal readonly record struct WmmaShape(int M, int N, int K)
{
    private static readonly string[] Halves = ["m16n16k16", "m32n8k16", "m8n32k16"];

    public string Name => $"m{M}n{N}k{K}";

    public static WmmaShape? Find(string name) => name switch
    {
        "m16n16k16" => new(16, 16, 16),
        "m32n8k16" => new(32, 8, 16),
        "m8n32k16" => new(8, 32, 16),
        "m16n16k8" => new(16, 16, 8),
        "m8n8k4" => new(8, 8, 4),
        "m8n8k32" => new(8, 8, 32),
        "m8n8k128" => new(8, 8, 128),
        _ => null,
    };

    public bool Has(PtxType type, bool isAccumulator)
    {
        bool halves = Halves.Contains(Name);
        if (isAccumulator)
        {
            return type switch
            {
                PtxType.F16 => halves,
                PtxType.F32 => halves || Name == "m16n16k8",
                PtxType.S32 => halves || Name is "m8n8k32" or "m8n8k128",
                PtxType.F64 => Name == "m8n8k4",
                _ => false,
            };
        }
        return type switch
        {
            PtxType.F16 or PtxType.BF16 or PtxType.S8 or PtxType.U8 => halves,
            PtxType.TF32 => Name == "m16n16k8",
            PtxType.F64 => Name == "m8n8k4",
            PtxType.S4 or PtxType.U4 => Name == "m8n8k32",
            PtxType.B1 => Name == "m8n8k128",
            _ => false,
        };
    }

    /// <summary>Rows and columns of a, b, c or d.</summary>
    public (int Rows, int Columns) Size(string matrix) => matrix switch { "a" => (M, K), "b" => (K, N), _ => (M, N) };

    /// <summary>Registers of a lane.</summary>
    public int Registers(string matrix, PtxType type)
    {
        if (type == PtxType.F16 && matrix is "a" or "b")
            return 8;
        (int rows, int columns) = Size(matrix);
        return rows * columns / Execution.Warp.Lanes * type.MatrixBits() / (type == PtxType.F64 ? 64 : 32);
    }
}
