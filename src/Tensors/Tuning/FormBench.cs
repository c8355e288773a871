using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Tensors.Tuning;

/// <summary>Runs operations in each of their forms on a device: first whether they are right, then how long they take.</summary>
internal sealed class FormBench : IDisposable
{
    private const long RotatedBytes = 256L << 20; // several times a second-level cache: no run finds its operands there
    private const int MostCopies = 8, MostRuns = 100;
    private const double BatchSeconds = 0.005;

    private readonly Device device;
    private readonly ITunedDevice tuned;
    private readonly TileTable before;
    private readonly Ops ops, naive;

    /// <param name="device">Where; disposed with this.</param>
    /// <param name="type">Of operands: BF16 or F16.</param>
    /// <exception cref="DeviceException">The device has no kernels of our compiler.</exception>
    public FormBench(Device device, DType type)
    {
        if (device is not ITunedDevice { Card: { } card } choosing)
        {
            throw new DeviceException(
                $"{device.Name} has no kernels of our compiler, and so no choice of tiles; cards with CUDA have them, from sm_80 on.");
        }
        (this.device, tuned, before, Card) = (device, choosing, choosing.Tiles, card);
        ops = new Ops(device, type);
        naive = new Ops(new ReferenceDevice());
    }

    /// <summary>What rules choose by.</summary>
    public TileCard Card { get; }

    private DType Type => ops.ActivationType;

    /// <summary>How far a form is from the naive one, at some places (<see cref="TiledBench.Error"/>).</summary>
    public double ErrorOf(TiledBench bench, TileChoice form)
    {
        using MemoryScope scope = ops.Scope();
        Tensor[] inputs = Make(bench);
        Choose(bench, form);
        return bench.Error(naive, bench.Run(ops, inputs));
    }

    /// <summary>
    /// Seconds of each form, the median of several rounds, by the device's own marks. In a round each form has its turn, so that a clock
    /// that falls meets all of them.
    /// </summary>
    /// <param name="bench">What to run.</param>
    /// <param name="forms">Its forms.</param>
    /// <param name="rounds">At least one.</param>
    /// <param name="cancellation">Looked at before each turn.</param>
    public double[] Measure(TiledBench bench, IReadOnlyList<TileChoice> forms, int rounds, CancellationToken cancellation)
    {
        using MemoryScope scope = ops.Scope();
        Tensor[] first = Make(bench);
        long bytes = first.Sum(operand => operand.Bytes);
        int copies = (int)Math.Clamp((RotatedBytes + bytes - 1) / bytes, 1, MostCopies);
        Tensor[][] inputs = [first, .. Enumerable.Range(1, copies - 1).Select(_ => Make(bench))];
        int next = 0;
        var times = new double[forms.Count][];
        var runs = new int[forms.Count];
        for (int form = 0; form < forms.Count; form++)
        {
            times[form] = new double[rounds];
            Turn(form, 1); // compiles and loads
            runs[form] = (int)Math.Clamp(BatchSeconds / Math.Max(Turn(form, 1), 1e-7), 1, MostRuns);
        }
        for (int round = 0; round < rounds; round++)
        {
            for (int form = 0; form < forms.Count; form++)
                times[form][round] = Turn(form, runs[form]);
        }
        return [.. times.Select(Median)];

        double Turn(int form, int count)
        {
            cancellation.ThrowIfCancellationRequested();
            Choose(bench, forms[form]);
            Mark began = device.Mark();
            for (int i = 0; i < count; i++)
            {
                using MemoryScope turn = ops.Scope();
                bench.Run(ops, inputs[next++ % copies]);
            }
            return device.Elapsed(began, device.Mark()).TotalSeconds / count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        tuned.Tiles = before;
        naive.Dispose();
        ops.Dispose();
    }

    private Tensor[] Make(TiledBench bench) => [.. bench.Operands.Select(operand => operand.Make(ops))];

    private void Choose(TiledBench bench, TileChoice form)
    {
        if (!bench.Forms(Card).Contains(form))
            throw new InvalidOperationException($"{bench.Problem} has no form {form} on {device.Name}.");
        tuned.Tiles = new TileTable([(bench.ShapeIn(Type), form)]);
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
