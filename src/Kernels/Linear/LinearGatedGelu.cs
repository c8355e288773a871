using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// y = gelu(x · W₀ᵀ) ⊙ (x · W₁ᵀ), with GELU's tanh form: the gated feed-forward layer of T5 v1.1 (Shazeer, arXiv 2002.05202).
/// </summary>
/// <param name="x">[rows, inputs]</param>
/// <param name="gateWeight">W₀ [outputs, inputs]</param>
/// <param name="weight">W₁ [outputs, inputs]</param>
/// <param name="y">[rows, outputs]; overlaps nothing else</param>
internal readonly unsafe partial struct LinearGatedGelu(
    Elements x, Elements gateWeight, Elements weight, Elements y, long rows, int outputs, int inputs) : IOperation, IUsesWorkspace
{
    /// <inheritdoc/>
    public static string Name => Linear.Name;

    /// <inheritdoc/>
    public double Flops => Factor(x, default).Flops + Gated(y).Flops;

    /// <summary>
    /// The second product; in portable kernels only where the weights' formats differ, and x in fp32, too; in those of our compiler,
    /// sums of parts as well.
    /// </summary>
    public long WorkspaceBytes(DeviceKind kind) => kind switch
    {
        DeviceKind.Cpu => FactorBytes,
        DeviceKind.CpuBf16 => checked(PairBytes + FactorBytes),
        DeviceKind.Ilgpu when HasCuda => CudaWorkspaceBytes,
        DeviceKind.Ilgpu when !IsOfOneFormat => checked(FactorBytes + (IsWide ? 0 : rows * inputs * sizeof(float))),
        _ => 0,
    };

    /// <inheritdoc/>
    public void RunReference()
    {
        for (long row = 0; row < rows; row++)
        {
            for (int column = 0; column < outputs; column++)
            {
                y.Set(
                    row * outputs + column,
                    (float)(Linear.Activate(Dot(row, gateWeight, column), LinearActivation.GeluTanh) * Dot(row, weight, column)));
            }
        }
    }

    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads)
    {
        Elements factor = (float*)threads.Workspace;
        Factor(x, factor).RunCpu(threads);
        Gated(factor).RunCpu(threads);
    }

    /// <inheritdoc/>
    public static bool HasCpuBf16 => true;

    /// <inheritdoc/>
    public void RunCpuBf16(CpuThreads threads)
    {
        Elements factor = (float*)((byte*)threads.Workspace + PairBytes);
        new Linear.PairProducts(Factor(x, factor)).Run(threads, threads.Workspace);
        new Linear.PairProducts(Gated(factor)).Run(threads, threads.Workspace);
    }

    private long PairBytes => (new Linear.PairProducts(Gated(default)).Bytes + 63) / 64 * 64;

    private long FactorBytes => checked(rows * outputs * sizeof(float));

    private bool IsWide => x.Format == ElementFormat.F32;

    private Linear Factor(Elements rowsOfX, Elements result) => new(rowsOfX, weight, result, rows, outputs, inputs, default);

    private Linear Gated(Elements factor) =>
        new(x, gateWeight, y, rows, outputs, inputs, new LinearEpilogue(default, LinearActivation.GeluTanh) { Factor = factor });

    private double Dot(long row, Elements weights, long column)
    {
        double sum = 0;
        for (int k = 0; k < inputs; k++)
            sum += (double)x[row * inputs + k] * weights[column * inputs + k];
        return sum;
    }
}
