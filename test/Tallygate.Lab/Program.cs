using Tallygate.Lab;

return await LabCommand.RunAsync(args);
