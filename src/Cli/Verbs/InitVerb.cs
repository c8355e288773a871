using System.CommandLine;
using CogVideoX.Pipelines.Checkpoints;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>init</c>: a checkpoint with random weights.</summary>
internal static class InitVerb
{
    public static Command Create(Terminal terminal)
    {
        var preset = new Option<string>("--preset")
        {
            Description = $"Architecture: {string.Join(", ", RandomCheckpoint.Presets)}",
            HelpName = "NAME",
            Required = true,
        };
        Option<string> output = CommonOptions.PathOption<string>("--output", "-o");
        (output.Description, output.HelpName, output.Required) = ("Folder to make", "DIR", true);
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same bytes (default: 0)", HelpName = "N" };
        var layers = new Option<int?>("--layers")
        {
            Description = "Only so many blocks of transformer and text encoder: "
                + "a small checkpoint whose operations have the full size (default: all)",
            HelpName = "N",
        };
        var command = new Command("init", "Make a checkpoint of a released architecture with random weights, for tests and timing")
        {
            preset, output, seed, layers,
        };
        command.SetAction((parsed, cancellation) =>
        {
            string folder = parsed.GetRequiredValue(output);
            ByteProgress.Show(terminal, progress => RandomCheckpoint.Write(
                parsed.GetRequiredValue(preset), folder, parsed.GetValue(seed), parsed.GetValue(layers), progress, cancellation));
            terminal.Output.WriteLine(Path.GetFullPath(folder));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
