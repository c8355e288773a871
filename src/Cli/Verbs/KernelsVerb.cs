using System.CommandLine;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;
using CogVideoX.Kernels.MachineCode;
#if !CPU_ONLY
using CogVideoX.Cli.Verbs.Tuning;
#endif

namespace CogVideoX.Cli.Verbs;

/// <summary><c>kernels</c>: the GPU kernels, their PTX, and what the emulator says of them.</summary>
internal static class KernelsVerb
{
    public static Command Create(Terminal terminal) => new("kernels", "The GPU kernels, compiled from C# to PTX")
    {
        List(terminal), Show(terminal), Verify(terminal), Profile(terminal),
#if !CPU_ONLY
        LaunchList.Create(terminal), KernelBench.Create(terminal),
#endif
    };

    private static Command List(Terminal terminal)
    {
        var choice = new KernelChoice();
        Option<bool> json = CommonOptions.Json();
        var list = new Command("list", "Every kernel: least target, threads of a CTA, static shared memory, lines of PTX")
        {
            choice.Assembly, json,
        };
        list.SetAction(parsed => new KernelList(terminal).Print(choice.Catalog(parsed), parsed.GetValue(json)));
        return list;
    }

    private static Command Show(Terminal terminal)
    {
        var choice = new KernelChoice();
        Argument<string?> name = new("kernel")
        {
            Description = "Its name, as list has it; with --cpu, a form such as bf16:14x2, fp32:8x3 or bf16-fma:6x2@256",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> target = new("--target")
        {
            Description = "Architecture, such as sm_80 or sm_90a (default: the least that it needs)",
            HelpName = "SM",
        };
        Option<bool> source = new("--source") { Description = "Write each C# line above what it became" };
        Option<bool> check = new("--check-bounds") { Description = "Let views trap outside of their bounds" };
        Option<bool> cpu = new("--cpu")
        {
            Description = "The machine code of a micro-kernel of the CPU, or without a form which there are",
        };
        var show = new Command("show", "A kernel's PTX, or machine code") { name, choice.Assembly, target, source, check, cpu };
        show.SetAction(parsed =>
        {
            string? asked = parsed.GetValue(name);
            if (parsed.GetValue(cpu))
                return ShowCode(terminal, parsed, asked, [choice.Assembly, target, source, check]);
            if (asked is null)
            {
                string path = UsageErrors.PathOf(parsed.CommandResult.Command);
                throw new UsageException("kernel", $"it is needed. ({path} --help shows what there is.)");
            }
            GpuKernel kernel = KernelChoice.Find(choice.Catalog(parsed), asked);
            terminal.Output.Write(kernel.Show(CheckTarget(parsed.GetValue(target)), parsed.GetValue(source), parsed.GetValue(check)).Ptx);
            return ExitCode.Done;
        });
        return show;
    }

    private static int ShowCode(Terminal terminal, ParseResult parsed, string? form, Option[] ofPtx)
    {
        if (ofPtx.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } other)
            throw new UsageException(other.Name, "it is about PTX, and --cpu about machine code; leave one of the two out.");
        if (form is not null)
        {
            try
            {
                terminal.Output.Write(CodeListing.Parse(form).Text());
            }
            catch (FormatException exception)
            {
                throw new UsageException("kernel", $"'{form}' {exception.Message}.", exception);
            }
            return ExitCode.Done;
        }
        foreach (CodeListing listing in CodeListing.All)
        {
            string tile = $"{listing.Form.Rows} × {listing.Form.Columns}", bytes = $"{listing.Bytes} bytes";
            terminal.Output.WriteLine($"{listing.Name,-18} {tile,-8} {listing.Product,-12} {bytes,10}  {listing.Form.Needs}");
        }
        return ExitCode.Done;
    }

    private static Command Verify(Terminal terminal)
    {
        var choice = new KernelChoice();
        var limits = new InstructionLimits();
        Option<bool> json = CommonOptions.Json(), mutations = new("--mutations")
        {
            Description = "Also weaken every barrier, fence, wait, commit and byte count, one at a time, "
                + "and print which the emulator catches",
        };
        var verify = new Command("verify", "Run kernels in the emulator, which checks them; 0 when all are right")
        {
            choice.Names, choice.Assembly, choice.Cases, limits.Thread, limits.Launch, mutations, json,
        };
        verify.SetAction((parsed, cancellation) =>
        {
            LaunchOptions options = limits.Read(parsed, cancellation);
            var runs = new CaseRuns(terminal, parsed.GetValue(json));
            foreach ((GpuKernel kernel, string path) in choice.Launches(parsed))
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
        var choice = new KernelChoice();
        var limits = new InstructionLimits();
        var shape = new ProfileOptions();
        Option<bool> json = CommonOptions.Json();
        var profile = new Command(
            "profile", "What kernels do in the emulator, counted, beside the PTX that their cases came with; "
            + $"or what bounds an operation on a card that isn't here: {string.Join(", ", ProfiledOperation.All.Select(one => one.Name))}")
        {
            choice.Names, choice.Assembly, choice.Cases, limits.Thread, limits.Launch, shape.Gpu, shape.Shape, shape.Type, shape.Ctas, json,
        };
        profile.SetAction((parsed, cancellation) =>
        {
            if (shape.IsAsked(parsed))
                return Task.FromResult(shape.Run(terminal, choice, parsed, parsed.GetValue(json), cancellation));
            LaunchOptions options = limits.Read(parsed, cancellation);
            var runs = new CaseRuns(terminal, parsed.GetValue(json));
            var verdicts = new List<KernelVerdict>();
            foreach ((GpuKernel kernel, string path) in choice.Launches(parsed))
                runs.Add(path, () => kernel.Verify(path, options), verdict => verdict.Report, verdicts.Add);
            if (verdicts.Count == 1)
                KernelTables.WriteProfile(terminal.Output, verdicts[0]);
            else if (verdicts.Count > 1)
                KernelTables.WriteComparison(terminal.Output, verdicts);
            return Task.FromResult(runs.Finish());
        });
        return profile;
    }

    private static string? CheckTarget(string? target) => target is null || GpuKernel.IsTarget(target)
        ? target : throw new UsageException("--target", $"'{target}' isn't an architecture; write it as sm_80, sm_89 or sm_90a.");
}
