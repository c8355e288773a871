using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.Tests.Devices;

public sealed unsafe class CancellationTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1000)]
    [InlineData(4, 1)]
    [InlineData(4, 1000)]
    public void NoItemBeginsAfterIt(int threads, int items)
    {
        using var team = new CpuThreads(threads) { Cancellation = new CancellationToken(canceled: true) };
        var runs = new int[items];
        fixed (int* counters = runs)
        {
            var work = new Count(counters);
            var error = Assert.Throws<OperationCanceledException>(() => team.For(items, work));
            Assert.Equal(team.Cancellation, error.CancellationToken);
        }
        Assert.All(runs, times => Assert.Equal(0, times));
    }

    // Those that have begun end: at most one for each thread.
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ItemsLeftAreDroppedAndTheTeamGoesOn(int threads)
    {
        const int Items = 1000, Last = 20;
        using var source = new CancellationTokenSource();
        using var team = new CpuThreads(threads);
        var runs = new int[Items];
        (Cancelling.Source, Cancelling.Begun) = (source, 0);
        fixed (int* counters = runs)
        {
            var counting = new Count(counters);
            team.Cancellation = source.Token;
            Assert.Throws<OperationCanceledException>(() => team.For(Items, new Cancelling(Last)));
            Assert.Throws<OperationCanceledException>(() => team.For(Items, counting));
            Assert.All(runs, times => Assert.Equal(0, times));
            team.Cancellation = default;
            team.For(Items, counting);
        }
        Assert.All(runs, times => Assert.Equal(1, times));
        Assert.InRange(Cancelling.Begun, Last + 1, Last + threads);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AnItemThatLastsSeesIt(int threads)
    {
        using var source = new CancellationTokenSource();
        using var team = new CpuThreads(threads) { Cancellation = source.Token };
        Lasting.Source = source;
        Assert.Throws<OperationCanceledException>(() => team.For(threads, new Lasting()));
    }

    // One item, of many seconds: the sums of values that are 0 but for the last key's.
    [Fact]
    public void AnAttentionOverManyKeysStopsAmongThem()
    {
        const int Queries = 1024, Keys = 1 << 20, Width = 8;
        using var device = new CpuDevice(1);
        nint tokens = device.Allocate((long)Keys * Width * sizeof(float)), result = device.Allocate(Queries * Width * sizeof(float));
        var size = new AttentionSize(1, Queries, Keys, 1, Width);
        var attention = new Attention((float*)tokens, (float*)tokens, (float*)tokens, default, 0, (float*)result, size, 1);
        nint workspace = device.Allocate(Math.Max(1, attention.WorkspaceBytes(device.Kind)));
        try
        {
            new Span<float>((void*)tokens, Keys * Width).Clear();
            ((float*)tokens)[Keys * Width - 1] = 1;
            new Span<float>((void*)result, Queries * Width).Clear();
            using var source = new CancellationTokenSource();
            device.Cancellation = source.Token;
            source.CancelAfter(1);
            Assert.Throws<OperationCanceledException>(() => device.Run(attention, workspace));
            Assert.False(((float*)result)[Width - 1] > 0, "all keys were seen");
        }
        finally
        {
            device.Free(tokens);
            device.Free(workspace);
            device.Free(result);
        }
    }

    private readonly struct Count(int* counters) : IParallelBody
    {
        public void Run(int item, CpuWorker worker) => Interlocked.Increment(ref counters[item]);
    }

    private readonly struct Cancelling(int last) : IParallelBody
    {
        public static int Begun;

        public static CancellationTokenSource Source { get; set; } = null!;

        public void Run(int item, CpuWorker worker)
        {
            if (item == last)
                Source.Cancel();
            while (item > last && !worker.IsCancelled) // so that nobody begins a second one
                Thread.Yield();
            Interlocked.Increment(ref Begun);
        }
    }

    private readonly struct Lasting : IParallelBody
    {
        public static CancellationTokenSource Source { get; set; } = null!;

        public void Run(int item, CpuWorker worker)
        {
            if (item == 0)
                Source.Cancel();
            while (!worker.IsCancelled)
                Thread.Yield();
        }
    }
}
