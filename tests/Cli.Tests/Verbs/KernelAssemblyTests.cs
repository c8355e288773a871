using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>kernels … --assembly</c>: kernels of anybody's.</summary>
public sealed class KernelAssemblyTests : IDisposable
{
    private const string Kernels = """
        public interface IAmount { static abstract int Value { get; } }
        public readonly struct Two : IAmount { public static int Value => 2; }
        public readonly struct Three : IAmount { public static int Value => 3; }

        [KernelInstance("times_two", typeof(Two))]
        [KernelInstance("times_three", typeof(Three))]
        public readonly struct Times<TAmount>(View<int> x, View<int> y) : IKernel where TAmount : IAmount
        {
            public static Block Block => new(32);

            public void Run()
            {
                Shared<int> all = Shared.Array<int>(32);
                all[Block.ThreadX] = x[Block.ThreadX] * TAmount.Value;
                Block.Sync();
                y[Block.ThreadX] = all[31 - Block.ThreadX];
            }
        }

        public readonly struct Unnamed<T>(View<T> x) : IKernel where T : unmanaged
        {
            public static Block Block => new(32);
            public void Run() => x[0] = x[1];
        }
        """;

    private const string CannotBeCompiled = """
        public readonly struct Wrong(View<int> x) : IKernel
        {
            public static Block Block => new(32);
            public void Run()
            {
                x[0] = int.Parse("3");
            }
        }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Build(string source = Kernels, string name = "Mine", params string[] references) =>
        UserAssembly.Build(folder.Path, name, source, references);

    private string Case(string name, int factor, string more = "")
    {
        int[] x = [.. Enumerable.Range(1, 32)], y = [.. x.Reverse().Select(v => v * factor)];
        int[] data = [.. x, .. new int[32], .. y];
        byte[] header = System.Text.Encoding.UTF8.GetBytes("""
            {"in.x":{"dtype":"I32","shape":[32],"data_offsets":[0,128]},"in.y":{"dtype":"I32","shape":[32],"data_offsets":[128,256]},"out.y":{"dtype":"I32","shape":[32],"data_offsets":[256,384]}}
            """);
        File.WriteAllBytes(
            folder.File(name + ".safetensors"),
            [.. BitConverter.GetBytes((long)header.Length), .. header, .. data.SelectMany(BitConverter.GetBytes)]);
        File.WriteAllText(folder.File(name + ".json"), $$"""
            {"name": "{{name}}", "grid": [1, 1, 1], "block": [32, 1, 1], "data": "{{name}}.safetensors",{{more}}
             "params": [{"buffer": "x"}, {"buffer": "y"}], "expect": {"y": {"tolerance": 0} } }
            """);
        return folder.Path;
    }

    [Fact]
    public async Task ListHasEachInstanceAndSaysWhichKernelsNameNone()
    {
        CliRun run = await CliRun.Done("kernels", "list", "--assembly", Build());
        Assert.Collection(run.Lines, line => Assert.StartsWith("times_three ", line), line => Assert.StartsWith("times_two ", line));
        Assert.Contains("Unnamed`1[T]", run.Error);
    }

    [Fact]
    public async Task ShowPrintsAnInstance()
    {
        CliRun run = await CliRun.Done("kernels", "show", "times_three", "--assembly", Build(), "--source");
        Assert.Contains(".visible .entry times_three(", run.Output);
        Assert.Matches("// Mine.cs:[0-9]+ ", run.Output);
    }

    [Fact]
    public async Task VerifyAndProfileTakeTheCasesOfAFolder()
    {
        string path = Build(), cases = Case("times_two", 2);
        Case("times_three", 3);
        CliRun run = await CliRun.Done("kernels", "verify", "--assembly", path, "--cases", cases, "--mutations");
        Assert.Equal(2, run.Lines.Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
        Assert.Equal(2, run.Lines.Count(line => line.Contains("1 of 1 mutants caught", StringComparison.Ordinal)));
        Assert.Contains(
            "warp instructions", (await CliRun.Done("kernels", "profile", "times_two", "--assembly", path, "--cases", cases)).Output);
        Assert.Contains("times_three", (await CliRun.Done("kernels", "profile", "--assembly", path, "--cases", cases)).Output);
        using JsonDocument json = JsonDocument.Parse(
            (await CliRun.Done("kernels", "verify", "times_two", "--assembly", path, "--cases", cases, "--json")).Output);
        Assert.Equal(JsonValueKind.Null, json.RootElement[0].GetProperty("reference").ValueKind);
    }

    [Fact]
    public async Task AWrongResultAndAPlantedFaultAreFound()
    {
        string path = Build(), cases = Case("times_two", 3);
        CliRun run = await CliRun.Of("kernels", "verify", "--assembly", path, "--cases", cases);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("32 of 32 elements differ", run.Output);
        Case("times_two", 2, "\"fault\": \"race\",");
        run = await CliRun.Of("kernels", "verify", "--assembly", path, "--cases", cases);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("no fault found, planted was race", run.Output);
    }

    [Fact]
    public async Task AKernelThatCannotBeCompiledIsToldWithItsLineAndTheOthersAreStillThere()
    {
        string path = Build(Kernels + CannotBeCompiled), cases = Case("times_two", 2);
        Case("Wrong", 2);
        CliRun run = await CliRun.Of("kernels", "list", "--assembly", path);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Equal(2, run.Lines.Length);
        Assert.Matches("cogvideox: Wrong: .*Mine.cs\\([0-9]+,[0-9]+\\): error CVX", run.Error);
        run = await CliRun.Of("kernels", "verify", "--assembly", path, "--cases", cases);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.StartsWith("ok ", Assert.Single(run.Lines));
        Assert.Matches("cogvideox: Wrong: .*Mine.cs\\([0-9]+,[0-9]+\\): error CVX", run.Error);
    }

    [Fact]
    public async Task CodeOfAnotherAssemblyIsFoundBesideIt()
    {
        string library = Build("public static class Library { public static int Twice(int x) => 2 * x; }", "Library");
        string path = Build("""
            public readonly struct twice(View<int> x, View<int> y) : IKernel
            {
                public static Block Block => new(32);
                public void Run() => y[31 - Block.ThreadX] = Library.Twice(x[Block.ThreadX]);
            }
            """, "Mine", library);
        CliRun run = await CliRun.Done("kernels", "verify", "--assembly", path, "--cases", Case("twice", 2));
        Assert.StartsWith("ok ", Assert.Single(run.Lines));
        run = await CliRun.Done("kernels", "list", "--assembly", path);
        Assert.StartsWith("twice ", Assert.Single(run.Lines));
    }

    /// <summary>What only a body names is missed when the kernel is compiled; a type of a signature, when the assembly is read.</summary>
    [Theory]
    [InlineData("Library.Twice(x[0])", "")]
    [InlineData("x[1]", "public readonly struct Holder(Part part) { public readonly Part Part = part; }")]
    public async Task AnAssemblyThatIsNotThereIsNamed(string value, string more)
    {
        string library = Build(
            "public static class Library { public static int Twice(int x) => 2 * x; } public struct Part { public int Value; }", "Library");
        string path = Build($$"""
            public readonly struct twice(View<int> x) : IKernel
            {
                public static Block Block => new(32);
                public void Run() => x[0] = {{value}};
            }
            {{more}}
            """, "Mine", library);
        File.Delete(library);
        CliRun run = await CliRun.Of("kernels", "list", "--assembly", path);
        Assert.NotEqual(ExitCode.Done, run.Code);
        Assert.Contains("it needs 'Library', which isn't beside it", run.Error);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
    }

    [Fact]
    public Task OneForALaterDotnetIsRefused()
    {
        string path = folder.File("Newer.dll");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "CogVideoX.Kernels.dll"), path);
        UserAssembly.MakeNewer(path);
        return CliRun.Fails(
            ExitCode.WrongUsage, ["kernels", "list", "--assembly", path], "--assembly",
            "it is made for .NET 99.0, and this program runs on .NET 10.0");
    }

    [Fact]
    public Task OneWithoutKernelsIsRefused() => CliRun.Fails(ExitCode.WrongUsage,
        ["kernels", "list", "--assembly", Build("public class Nothing { }")], "--assembly", "there are no kernels in it");

    [Fact]
    public Task OneWhoseKernelsNameNoInstanceIsRefused() => CliRun.Fails(ExitCode.WrongUsage,
        ["kernels", "list", "--assembly", Build("public readonly struct A<T>(View<T> x) : IKernel where T : unmanaged { public static Block Block => new(32); public void Run() => x[0] = x[1]; }")],
        "its kernels are generic and name no instances (A`1[T])");

    [Fact]
    public Task AnInstanceThatDoesNotFitIsRefused() => CliRun.Fails(ExitCode.WrongUsage,
        ["kernels", "list", "--assembly", Build(Kernels.Replace("typeof(Two)", "typeof(Two), typeof(Two)", StringComparison.Ordinal))],
        "[KernelInstance(\"times_two\", …)] has 2 type arguments");

    [Theory]
    [InlineData("", "it isn't an assembly of .NET")]
    [InlineData("MZ, and so on", "it isn't an assembly of .NET")]
    public async Task AFileThatIsNoAssemblyIsRefused(string text, string says)
    {
        await File.WriteAllTextAsync(folder.File("a.dll"), text, TestContext.Current.CancellationToken);
        foreach (string verb in new[] { "list", "show", "verify", "profile" })
        {
            string[] kernel = verb == "list" ? [] : ["any"];
            await CliRun.Fails(ExitCode.WrongUsage, ["kernels", verb, .. kernel, "--assembly", folder.File("a.dll")], "--assembly", says);
        }
    }

    [Fact]
    public async Task APathWhereNoFileIsIsRefused()
    {
        await CliRun.Fails(ExitCode.WrongUsage, ["kernels", "list", "--assembly", folder.File("no.dll")], "no.dll: there is no such file");
        await CliRun.Fails(ExitCode.WrongUsage, ["kernels", "list", "--assembly", folder.Path], "it is a folder; the .dll in it is needed");
        await CliRun.Fails(ExitCode.WrongUsage, ["kernels", "list", "--assembly", ""], "--assembly: it is empty");
    }

    [Fact]
    public Task LaunchesAreNamed() =>
        CliRun.Fails(ExitCode.WrongUsage, ["kernels", "verify", "--assembly", Build()], "--cases: name the folder with launches");

    [Fact]
    public Task AFolderWithoutTheirLaunchesIsRefused() => CliRun.Fails(ExitCode.WrongUsage,
        ["kernels", "verify", "--assembly", Build(), "--cases", folder.Path], "the kernels are times_three, times_two, and times_three.json would be a launch of the first");

    /// <summary>As in a program that was compiled ahead of time.</summary>
    [Fact]
    public async Task AProgramThatCannotLoadAssembliesSaysSo()
    {
        string config = Path.ChangeExtension(ProgramRun.Command[1], ".runtimeconfig.json");
        string text = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
        Assert.Contains("\"configProperties\": {", text);
        await File.WriteAllTextAsync(folder.File("ahead.json"), text.Replace("\"configProperties\": {",
            "\"configProperties\": {\n\"System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported\": false,", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        CliRun run = await ProgramRun.OfShell(
            folder.Path, $"\"$1\" exec --runtimeconfig ahead.json \"$2\" kernels list --assembly {Shell.Quote(Build())}");
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.Contains("compiled ahead of time and can't load assemblies", run.Error);
    }

    [Fact]
    public async Task WhatAKernelPrintedStandsBelowItsCase()
    {
        const string Planted = "tests/Emulator.Tests/Cases/Planted/printed.json";
        CliRun run = await CliRun.Done("ptx", "run", Path.Combine(Golden.Root, Planted));
        Assert.Equal(["ok", "printed:", "printed:", "printed:", "printed:"], run.Lines.Select(line => line.Trim().Split(' ')[0]));
        Assert.Contains("     printed: thread 3: 0.38", run.Lines);
        using JsonDocument json = JsonDocument.Parse(
            (await CliRun.Done("ptx", "run", Path.Combine(Golden.Root, Planted), "--json")).Output);
        Assert.Equal(4, json.RootElement[0].GetProperty("launch").GetProperty("printed").GetArrayLength());
    }
}
