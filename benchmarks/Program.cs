using CogVideoX.Benchmarks;
using CogVideoX.Kernels.Devices;

if (args is ["emulator", .. var rest] && rest.Length <= 1)
{
    EmulatorBenchmark.Run(rest.FirstOrDefault());
    return 0;
}
// Before the numbers of threads: in which arithmetic.
bool isBf16 = args.Skip(1).FirstOrDefault() == "bf16";
var compute = new Compute(isBf16 ? CpuArithmetic.Bf16 : CpuArithmetic.Fp32);
Action<int>? benchmark = args.FirstOrDefault() switch
{
    "linear" => threads => LinearBenchmark.Run(threads, compute),
    "attention" => threads => AttentionBenchmark.Run(threads, compute),
    "convolution" => threads => ConvolutionBenchmark.Run(threads, compute),
    "quantised" => threads => QuantisedBenchmark.Run(threads, compute),
    "elementwise" => ElementwiseBenchmark.Run,
    "peak" => ShowPeak,
    _ => null,
};
if (benchmark is null)
{
    Console.Error.WriteLine(
        "usage: dotnet run -c Release --project benchmarks -- linear|attention|convolution|quantised [bf16] [threads]...\n"
        + "       dotnet run -c Release --project benchmarks -- elementwise|peak [threads]...\n"
        + "       dotnet run -c Release --project benchmarks -- emulator [folder of another build]");
    return 2;
}
string[] counts = [.. args.Skip(isBf16 ? 2 : 1)];
int[] teams = counts.Length > 0 ? [.. counts.Select(int.Parse)] : [1, Environment.ProcessorCount];
foreach (int threads in teams.Distinct())
    benchmark(threads);
return 0;

static void ShowPeak(int threads)
{
    using var team = new CpuThreads(threads);
    string read = $"read {ReadLimit.Rate(team):F1} GB/s", copy = $"copy {Peak.Copy(team):F1} GB/s";
    Console.WriteLine($"{threads} threads: {Peak.Flops(team):F0} GFLOP/s, {read}, {copy}");
}
