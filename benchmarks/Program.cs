using CogVideoX.Benchmarks;
using CogVideoX.Kernels.Devices;

if (args is ["emulator", .. var rest] && rest.Length <= 1)
{
    EmulatorBenchmark.Run(rest.FirstOrDefault());
    return 0;
}
Action<int>? benchmark = args.FirstOrDefault() switch
{
    "linear" => LinearBenchmark.Run,
    "attention" => AttentionBenchmark.Run,
    "convolution" => ConvolutionBenchmark.Run,
    "elementwise" => ElementwiseBenchmark.Run,
    "peak" => ShowPeak,
    _ => null,
};
if (benchmark is null)
{
    Console.Error.WriteLine(
        "usage: dotnet run -c Release --project benchmarks -- linear|attention|convolution|elementwise|peak [threads]...\n"
        + "       dotnet run -c Release --project benchmarks -- emulator [folder of another build]");
    return 2;
}
int[] teams = args.Length > 1 ? [.. args.Skip(1).Select(int.Parse)] : [1, Environment.ProcessorCount];
foreach (int threads in teams.Distinct())
    benchmark(threads);
return 0;

static void ShowPeak(int threads)
{
    using var team = new CpuThreads(threads);
    string read = $"read {ReadLimit.Rate(team):F1} GB/s", copy = $"copy {Peak.Copy(team):F1} GB/s";
    Console.WriteLine($"{threads} threads: {Peak.Flops(team):F0} GFLOP/s, {read}, {copy}");
}
