using System.CommandLine;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>kernels</c>: the GPU kernels, their PTX, and what the emulator says of them.</summary>
internal static class KernelsVerb
{
    public static Command Create(Terminal terminal) => new("kernels", "The GPU kernels, compiled from C# to PTX")
    {
        List(terminal), Show(terminal), Verify(terminal), Profile(terminal),
    };

    private static Command List(Terminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        var list = new Command("list", "Every kernel: least target, threads of a CTA, static shared memory, lines of PTX") { json };
        list.SetAction(parsed =>
        {
            var kernels = GpuKernel.All.Select(k => k.Show())
                .Select(k => new { k.Name, k.Target, k.Threads, k.SharedBytes, Lines = k.Ptx.Count(c => c == '\n') });
            if (parsed.GetValue(json)) terminal.WriteJson(kernels);
            else
                foreach (var kernel in kernels)
                    terminal.Output.WriteLine($"{kernel.Name,-24} {kernel.Target,-7} {kernel.Threads,5} threads {kernel.SharedBytes,7:N0} bytes shared {kernel.Lines,6:N0} lines");
            return ExitCode.Done;
        });
        return list;
    }

    private static Command Show(Terminal terminal)
    {
        Argument<string> name = new("kernel") { Description = "Its name, as list has it" };
        Option<string?> target = new("--target")
        {
            Description = "Architecture, such as sm_80 or sm_90a (default: the least that it needs)",
            HelpName = "SM",
        };
        Option<bool> source = new("--source") { Description = "Write each C# line above what it became" };
        Option<bool> check = new("--check-bounds") { Description = "Let views trap outside of their bounds" };
        var show = new Command("show", "A kernel's PTX") { name, target, source, check };
        show.SetAction(parsed =>
        {
            GpuKernel kernel = Find(parsed.GetRequiredValue(name));
            terminal.Output.Write(kernel.Show(CheckTarget(parsed.GetValue(target)), parsed.GetValue(source), parsed.GetValue(check)).Ptx);
            return ExitCode.Done;
        });
        return show;
    }

    private static Command Verify(Terminal terminal)
    {
        Argument<string[]> names = Names();
        Option<string> cases = Cases();
        var limits = new InstructionLimits();
        Option<bool> json = CommonOptions.Json(), mutations = new("--mutations")
        {
            Description = "Also weaken every barrier, fence, wait, commit and byte count, one at a time, and print which the emulator catches",
        };
        var verify = new Command("verify", "Run kernels in the emulator, which checks them; 0 when all are right")
        {
            names, cases, limits.Thread, limits.Launch, mutations, json,
        };
        verify.SetAction((parsed, cancellation) =>
        {
            LaunchOptions options = limits.Read(parsed, cancellation);
            var runs = new CaseRuns(terminal, parsed.GetValue(json));
            foreach ((GpuKernel kernel, string path) in Chosen(parsed.GetValue(names), parsed.GetRequiredValue(cases)))
            {
                runs.Add(
                    path, () => KernelAnswer.Of(kernel, path, options, parsed.GetValue(mutations)),
                    answer => answer.Report, answer => KernelTables.WriteAnswer(terminal.Output, answer));
            }
            return Task.FromResult(runs.Finish());
        });
        return verify;
    }

    private static Command Profile(Terminal terminal)
    {
        Argument<string[]> names = Names();
        Option<string> cases = Cases();
        var limits = new InstructionLimits();
        Option<bool> json = CommonOptions.Json();
        var profile = new Command("profile", "What kernels do in the emulator, counted, beside the same kernels compiled by nvcc")
        {
            names, cases, limits.Thread, limits.Launch, json,
        };
        profile.SetAction((parsed, cancellation) =>
        {
            LaunchOptions options = limits.Read(parsed, cancellation);
            var runs = new CaseRuns(terminal, parsed.GetValue(json));
            var verdicts = new List<KernelVerdict>();
            foreach ((GpuKernel kernel, string path) in Chosen(parsed.GetValue(names), parsed.GetRequiredValue(cases)))
                runs.Add(path, () => kernel.Verify(path, options), verdict => verdict.Report, verdicts.Add);
            if (verdicts.Count == 1) KernelTables.WriteProfile(terminal.Output, verdicts[0]);
            else if (verdicts.Count > 1) KernelTables.WriteComparison(terminal.Output, verdicts);
            return Task.FromResult(runs.Finish());
        });
        return profile;
    }

    private static Argument<string[]> Names() => new("kernel")
    {
        Description = "Names, as list has them (default: all that have a case)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static Option<string> Cases()
    {
        Option<string> cases = CommonOptions.PathOption<string>("--cases");
        cases.Description = "Folder of launches in the format of ptx-cases, named as the kernels are "
            + "(default: those that come with the program)";
        cases.HelpName = "DIR";
        cases.DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "ptx-cases");
        return cases;
    }

    private static IEnumerable<(GpuKernel Kernel, string Path)> Chosen(string[]? names, string folder)
    {
        if (!Directory.Exists(folder)) throw new UsageException("--cases", $"'{folder}' isn't a folder; name one with launches in the format of ptx-cases.");
        if (names is { Length: > 0 })
            return names.Select(Find).Select(k => (k, File.Exists(PathOf(k)) ? PathOf(k) : throw new UsageException("kernel", $"there is no case for {k.Name}: {PathOf(k)} doesn't exist.")));
        return GpuKernel.All.Where(k => File.Exists(PathOf(k))).Select(k => (k, PathOf(k)));

        string PathOf(GpuKernel kernel) => Path.Combine(folder, kernel.Name + ".json");
    }

    private static GpuKernel Find(string name)
    {
        try { return GpuKernel.Find(name); }
        catch (ArgumentException unknown) { throw new UsageException("kernel", unknown.Message); }
    }

    private static string? CheckTarget(string? target) => target is null || GpuKernel.IsTarget(target)
        ? target : throw new UsageException("--target", $"'{target}' isn't an architecture; write it as sm_80, sm_89 or sm_90a.");
}
